"""Answers as the common mail programs send them. Each says OWN and quotes what must not be taken along."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid

OWN = "我已经补充了截图。\n请尽快处理，谢谢！"
QUOTED = "您的投诉有了回复"

GMAIL = f"""{OWN}

On Tue, 10 Mar 2026 at 20:52, Supportdesk <desk+ts-20260310-000001-x@example.com>
wrote:

> {QUOTED}
> https://desk.example/
"""
GMAIL_ZH = f"{OWN}\n\nSupportdesk <desk@example.com> 于2026年3月10日周二 20:52写道：\n\n> {QUOTED}\n"
IPHONE = f"{OWN}\n\n发自我的iPhone\n\n> 在 2026年3月10日，20:52，Supportdesk <desk@example.com> 写道：\n> \n> \ufeff{QUOTED}\n"
IPHONE_EN = f"{OWN}\n\nSent from my iPhone\n\n> On 10 Mar 2026, at 20:52, Supportdesk <desk@example.com> wrote:\n>\n> {QUOTED}\n"
OUTLOOK = (
    f"{OWN}\n\n获取 Outlook for iOS\n________________________________\n发件人: Supportdesk <desk@example.com>\n"
    f"发送时间: 2026年3月10日 20:52\n收件人: mei@example.com\n主题: 回复\n\n{QUOTED}\n"
)
OUTLOOK_EN = f"{OWN}\n\n-----Original Message-----\nFrom: Supportdesk\nSent: Tuesday, March 10, 2026 8:52 PM\nTo: mei\n\n{QUOTED}\n"
OUTLOOK_PLAIN = f"{OWN}\n\nFrom: Supportdesk <desk@example.com>\nSent: Tuesday, March 10, 2026 8:52 PM\nTo: mei@example.com\n\n{QUOTED}\n"
QQ = (
    f"{OWN}\n\n\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"Supportdesk\" <desk@example.com>;\n"
    f"发送时间:&nbsp;2026年3月10日(星期二) 晚上8:52\n\n{QUOTED}\n"
).replace("&nbsp;", "\xa0")  # fmt: skip
NETEASE = f'{OWN}\n\n\n\n\n\nAt 2026-03-10 20:52:00, "Supportdesk" <desk@example.com> wrote:\n>{QUOTED}\n'
NETEASE_ZH = f'{OWN}\n\n在 2026-03-10 20:52:00，"Supportdesk" <desk@example.com> 写道：\n{QUOTED}\n'
MASTER = f"{OWN}\n\n---- 回复的原邮件 ----\n| 发件人 | Supportdesk |\n| 日期 | 2026年3月10日 20:52 |\n\n{QUOTED}\n"
SIGNED = f"{OWN}\n\n-- \n梅小姐 138-0000-0000\n"
PLAIN = {
    "gmail": GMAIL, "gmail zh": GMAIL_ZH, "iphone": IPHONE, "iphone en": IPHONE_EN, "outlook": OUTLOOK, "outlook en": OUTLOOK_EN,
    "outlook plain": OUTLOOK_PLAIN, "qq": QQ, "163": NETEASE, "163 zh": NETEASE_ZH, "netease master": MASTER, "signed": SIGNED,
}  # fmt: skip

LINES = "<div>我已经补充了截图。</div><div>请尽快处理，谢谢！</div>"
HTML = {
    "gmail": f'<div dir="ltr">{LINES}</div><br><div class="gmail_quote">'
    f'<div class="gmail_attr">On Tue wrote:</div><blockquote>{QUOTED}</blockquote></div>',
    "qq": f'<style>p{{color:red}}</style>{LINES}<div><br></div><div style="font-size:12px">'
    f"------------------&nbsp;原始邮件&nbsp;------------------</div><div>发件人: desk</div><div>{QUOTED}</div>",
    "outlook": f'<html><head><title>x</title></head><body>{LINES}<hr><div id="divRplyFwdMsg">'
    f"<b>发件人:</b> desk</div><div>{QUOTED}</div></body></html>",
    "163": f'{LINES}<br><div class="ntes-mailmaster-quote" style="padding:1px">---- 回复的原邮件 ----<div>{QUOTED}</div></div>',
    "apple": f'{LINES}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">发自我的iPhone</div><div><br>'
    f'<blockquote type="cite">在 2026年3月10日，20:52，desk 写道：</blockquote></div><blockquote>{QUOTED}</blockquote>',
}  # fmt: skip


def letter(
    to: str, body: str = OWN, *, sender: str = "Mei <mei@example.com>", charset: str = "utf-8", html: str = "", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "回复：您的投诉"
    message["Message-ID"] = headers.pop("message_id", make_msgid(domain="mail.example.com"))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if html:
        message.set_content(html, subtype="html", charset=charset)
    else:
        message.set_content(body, charset=charset)
    return message
