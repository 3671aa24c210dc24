"""How mail programs quote and sign, each in the letter of a person who answers: %OWN% they wrote, %QUOTED% we had written."""

from __future__ import annotations

US = "desk+ts-20260310-000001-abcdefghijklmnop@example.com"
FROM_US = "desk@example.com"

# Everything below the own words is folded.
PLAIN = {
    "gmail": "%OWN%\n\nOn Tue, Mar 10, 2026 at 8:52 PM Supportdesk <" + US + ">\nwrote:\n\n> %QUOTED%\n> https://desk.example/\n",
    "gmail zh-cn": "%OWN%\n\nSupportdesk <desk@example.com> 于2026年3月10日周二 20:52写道：\n\n> %QUOTED%\n",
    "gmail zh-tw": "%OWN%\n\nSupportdesk <desk@example.com> 於 2026年3月10日 週二 下午8:52寫道：\n\n> %QUOTED%\n",
    "outlook en": "%OWN%\n\n________________________________\nFrom: Supportdesk <desk@example.com>\n"
    "Sent: Tuesday, March 10, 2026 8:52 PM\n"
    "To: Mei <mei@example.com>\nSubject: News of your complaint\n\n%QUOTED%\n",
    "outlook zh-cn": "%OWN%\n\n发件人: Supportdesk <desk@example.com> \n发送时间: 2026年3月10日 20:52\n收件人: Mei <mei@example.com>\n"
    "主题: 您的投诉\n\n%QUOTED%\n",
    "outlook zh-tw": "%OWN%\n\n________________________________\n寄件者: Supportdesk <desk@example.com>\n"
    "寄件日期: 2026年3月10日 下午 08:52\n"
    "收件者: Mei <mei@example.com>\n主旨: 您的投訴\n\n%QUOTED%\n",
    "outlook bold": "%OWN%\n\n*From:* Supportdesk <desk@example.com>\n*Sent:* Tuesday, March 10, 2026 8:52 PM\n"
    "*To:* mei@example.com\n*Subject:* Re\n\n"
    "%QUOTED%\n",
    "outlook classic": "%OWN%\n\n-----Original Message-----\nFrom: Supportdesk\nSent: Tuesday, March 10, 2026 8:52 PM\nTo: mei\n\n"
    "%QUOTED%\n",
    "outlook ios": "%OWN%\n\n获取 Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
    "发件人: Supportdesk <desk@example.com>\n"
    "发送时间: 2026年3月10日 20:52\n收件人: mei@example.com\n主题: 回复\n\n%QUOTED%\n",
    "apple mail": "%OWN%\n\n> On 10 Mar 2026, at 20:52, Supportdesk <desk@example.com> wrote:\n> \n> %QUOTED%\n",
    "apple mail zh": "%OWN%\n\n> 2026年3月10日 20:52，Supportdesk <desk@example.com> 写道：\n> \n> %QUOTED%\n",
    "iphone": "%OWN%\n\n发自我的iPhone\n\n> 在 2026年3月10日，20:52，Supportdesk <desk@example.com> 写道：\n> \n> \ufeff%QUOTED%\n",
    "iphone tw": "%OWN%\n\n從我的 iPhone 傳送\n\n> Supportdesk <desk@example.com> 於 2026年3月10日 晚上8:52 寫道：\n> \n> %QUOTED%\n",
    "iphone en": "%OWN%\n\nSent from my iPhone\n\n> On 10 Mar 2026, at 20:52, Supportdesk <desk@example.com> wrote:\n>\n> %QUOTED%\n",
    "android": "%OWN%\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Supportdesk <desk@example.com>\n"
    "Date: 10/03/2026 20:52 (GMT+08:00)\n"
    "To: mei@example.com\nSubject: news\n\n%QUOTED%\n",
    "huawei": "%OWN%\n\n发自我的华为手机\n-------- 原始邮件 --------\n发件人：Supportdesk <desk@example.com>\n日期："
    "2026年3月10日周二 20:52\n收件人："
    "mei@example.com\n"
    "主题：回复\n%QUOTED%\n",
    "qq": '%OWN%\n\n\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;"Supportdesk"&nbsp;<desk@example.com>;\n'
    '发送时间:&nbsp;2026年3月10日(星期二) 晚上8:52\n收件人:&nbsp;"mei"<mei@example.com>;\n主题:&nbsp;您的投诉\n\n\n%QUOTED%\n',
    "qq nbsp": '%OWN%\n\n------------------\xa0Original\xa0------------------\nFrom: \xa0"Supportdesk";<desk@example.com>;\n'
    "Date: \xa0Tue, Mar 10, 2026 08:52 PM\n"
    'To: \xa0"mei";\nSubject: \xa0news\n\n%QUOTED%\n',
    "foxmail": "%OWN%\n\n\n\nMei\n\n \n发件人： Supportdesk\n发送时间： 2026-03-10 20:52\n收件人： mei\n主题："
    " 您的投诉有了回复 · TS-20260310-000001\n%QUOTED%\n",
    "163": '%OWN%\n\n\n\n\n\nAt 2026-03-10 20:52:00, "Supportdesk" <desk@example.com> wrote:\n>%QUOTED%\n',
    "163 zh": '%OWN%\n\n在 2026-03-10 20:52:00，"Supportdesk" <desk@example.com> 写道：\n%QUOTED%\n',
    "netease master": "%OWN%\n\n---- 回复的原邮件 ----\n| 发件人 | Supportdesk<desk@example.com> |\n| 日期 | 2026年3月10日 20:52 |\n"
    "| 收件人 | mei |\n| 主题 | x |\n"
    "\n%QUOTED%\n",
    "139": "%OWN%\n\n\n----邮件原文----\n发件人：Supportdesk  <desk@example.com>\n收件人：mei  <mei@example.com>\n抄 送： (无)\n发送时间："
    "2026-03-10 20:52:00\n"
    "主题：您的投诉\n\n%QUOTED%\n",
    "189": "%OWN%\n\n------------------ 原始邮件 ------------------\n发件人：Supportdesk <desk@example.com>\n时间："
    "2026-03-10 20:52\n收件人：mei\n"
    "\n%QUOTED%\n",
    "sina": "%OWN%\n\n----- 原始邮件 -----\n发件人：Supportdesk <desk@example.com>\n收件人：mei@example.com\n主题：您的投诉\n日期："
    "2026年03月10日 20点52分\n\n"
    "%QUOTED%\n",
    "alimail": "%OWN%\n\n\n------------------------------------------------------------------\n发件人：Supportdesk <desk@example.com>\n"
    "发送时间：2026年3月10日(星期二) 20:52\n收件人：mei <mei@example.com>\n主　题：您的投诉\n\n%QUOTED%\n",
    "yahoo": "%OWN%\n\n    On Tuesday, March 10, 2026 at 08:52:00 PM GMT+8, Supportdesk <desk@example.com> wrote:  \n \n > %QUOTED%\n",
    "thunderbird de": "%OWN%\n\nAm 10.03.26 um 20:52 schrieb Supportdesk:\n> %QUOTED%\n",
    "thunderbird zh": "%OWN%\n\n在 2026/3/10 20:52, Supportdesk 写道:\n> %QUOTED%\n",
    "french": "%OWN%\n\nLe mar. 10 mars 2026 à 20:52, Supportdesk <desk@example.com> a écrit :\n\n> %QUOTED%\n",
    "rfc signature": "%OWN%\n\n-- \n%SIGNATURE%\n",
}
# Answers that stand elsewhere than above: the words of each line are own, whatever else is folded.
ELSEWHERE = {
    "below": "On Tue, 10 Mar 2026 at 20:52, Supportdesk <desk@example.com> wrote:\n> %QUOTED%\n\n%OWN%\n",
    "below, chinese": "Supportdesk <desk@example.com> 于2026年3月10日周二 20:52写道：\n> %QUOTED%\n\n%OWN%\n\n发自我的小米手机\n",
    "between": "On Tue, 10 Mar 2026 at 20:52, Supportdesk <desk@example.com> wrote:\n> %QUOTED%\n%OWN%\n> 第二个问题\n好的，"
    "没有问题。\n> 第三个\n",
    "below a head": "发件人: Supportdesk <desk@example.com>\n发送时间: 2026年3月10日 20:52\n主题: 您的投诉\n\n%QUOTED%\n\n%OWN%\n",
}
# Letters that no program quoted, and that look as if one had: none of it is folded.
KEPT = {
    "signature in the middle": "这笔扣款是\n来自我的零钱账户\n一共扣了两次，请核实。",
    "signature at the end": "这笔扣款是\n来自我的零钱账户",
    "head in the middle": "The transfer was\nFrom: my card\nTo: merchant X\nAmount 300.00 was taken twice.",
    "a letter told of": "我收到这样一封邮件\n发件人：客服\n时间：三月十日\n内容：您的账户已验证\n之后卡里少了300元",
    "rule in the middle": "第一笔：100元\n--\n第二笔：300元\n请一并退回。",
    "the shop wrote": "On 10 March 2026 the shop wrote:\nyour refund is refused\nand I do not agree.",
    "they said at an hour": "客服在3月10日20:52写道：\n您的退款不予受理\n我不同意这个结论。",
    "forwarded bank": "---------- Forwarded message ---------\nFrom: Bank <notice@bank.example>\nDate: Tue, 10 Mar 2026 at 08:00\n"
    "Subject: Charge\n"
    "To: <mei@example.com>\n\nYour card was charged 300.00\n\n-- \nThe bank\n",
    "forwarded bank, a word above": "请看银行的通知\n\n---------- Forwarded message ---------\nFrom: Bank <notice@bank.example>\n"
    "Subject: Charge\n\n"
    "Your card was charged 300.00\n",
    "qq forward": '见下面银行邮件\n\n------------------ 原始邮件 ------------------\n发件人: "招商银行" <95555@bank.example>;\n'
    "发送时间: 2026年3月10日 8:00\n"
    "主题: 消费提醒\n\n您的账户消费300.00元\n",
    "apple forward": "银行的通知：\n\n开始转发的邮件：\n\n> 发件人: 银行 <notice@bank.example>\n> 主题: 消费提醒\n"
    "> 日期: 2026年3月10日 08:00\n> \n> 您消费了300.00元\n",
    "quoted shop": "店家的回信如下：\n\nOn Tue, 10 Mar 2026 at 08:00, Shop <help@shop.example> wrote:\n> we do not refund\n\n我不同意。",
    "greater than": "扣款金额\n> 300元\n请查。",
    "dates and hours": "2026年3月10日 20:52 扣款100.00\n2026年3月10日 20:53 扣款200.00\n2026年3月10日 20:54 扣款300.00",
}
