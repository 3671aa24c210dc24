"""A case found in the customer's own words: real phrases in both languages, and what they must lead to."""

import json

import pytest

from sla.seeding import read_shipped, shipped_versions
from tickets.policy.seeding import DATA as SHIPPED
from tickets.policy.symptom_search import DATA, find, lexicon, plain

KEYS = tuple(lexicon().categories)
NAMES = dict.fromkeys(KEYS, ())

# What is typed → what comes first, and whether the freeze is offered before everything else.
PHRASES = [
    ("钱被偷了", "billing_unauthorized", True),
    ("我的身份证被人用了", "billing_unauthorized", True),
    ("有人冒用我的身份", "billing_unauthorized", True),
    ("充错号了", "after_sale", False),
    ("客服不理我", "after_sale", False),
    ("买的卡密用不了", "after_sale", False),
    ("退款没到账", "pay_failed_deducted", False),
    ("我的钱被人偷走了！！", "billing_unauthorized", True),
    ("盗刷", "billing_unauthorized", True),
    ("银行卡被盗刷了怎么办", "billing_unauthorized", True),
    ("这笔钱不是我付的", "billing_unauthorized", True),
    ("有一笔不是本人消费", "billing_unauthorized", True),
    ("有人在异地登录我的账号", "billing_unauthorized", True),
    ("被骗子骗走了3000块", "scam_transfer", True),
    ("錢被偷了", "billing_unauthorized", True),
    ("手机丢了，钱没了", "billing_unauthorized", True),
    ("被骗充值", "mp_topup_stolen", True),
    ("月付被盗用充值了点卡", "mp_topup_stolen", True),
    ("抖音月付被人拿去充值", "mp_topup_stolen", None),
    ("骗我充值游戏", "mp_topup_stolen", None),
    ("扣了两次", "billing_duplicate", False),
    ("钱被扣了两次", "billing_duplicate", False),
    ("同一个订单扣了我２次", "billing_duplicate", False),
    ("重复扣款", "billing_duplicate", False),
    ("一笔订单付了两次钱", "billing_duplicate", False),
    ("扣兩次錢", "billing_duplicate", False),
    ("多扣了我20块", "billing_amount_mismatch", False),
    ("扣的金额不对", "billing_amount_mismatch", False),
    ("提现没到", "withdrawal_anomaly", False),
    ("提现三天了还没到账", "withdrawal_anomaly", False),
    ("提现失败钱也没退回来", "withdrawal_anomaly", False),
    ("提现未到帳", "withdrawal_anomaly", False),
    ("不能提现了", "withdrawal_restricted", False),
    ("为什么不让我提现", "withdrawal_restricted", False),
    ("提现被限制", "withdrawal_restricted", False),
    ("冻结", "card_cover_frozen", False),
    ("账户被冻结了用不了", "card_cover_frozen", False),
    ("帳戶被凍結", "card_cover_frozen", False),
    ("号被封了 怎么解封", "card_cover_frozen", False),
    ("支付失败但是钱扣了", "pay_failed_deducted", False),
    ("付款显示失败，钱却被扣了", "pay_failed_deducted", False),
    ("充值没到账", "pay_failed_deducted", False),
    ("余额不对", "card_cover_balance", False),
    ("自动续费扣了我的钱", "card_cover_balance", False),
    ("我是商家，POS机扣款异常", "merchant_deduction", False),
    ("收到的东西质量太差要退货", "after_sale", False),
    ("商家不给退款", "after_sale", False),
    ("买到假货", "after_sale", False),
    ("charged twice", "billing_duplicate", False),
    ("I was charged TWICE for one order", "billing_duplicate", False),
    ("double charge", "billing_duplicate", False),
    ("they took my money twice", "billing_duplicate", False),
    ("my money was stolen", "billing_unauthorized", True),
    ("someone stole my money", "billing_unauthorized", True),
    ("somebody used my card", "billing_unauthorized", True),
    ("there is a payment I didn't make", "billing_unauthorized", True),
    ("this wasn't me", "billing_unauthorized", True),
    ("I don’t recognise this charge", "billing_unauthorized", True),
    ("got scammed", "scam_transfer", True),
    ("my account was hacked", "billing_unauthorized", True),
    ("top-up card stolen", "mp_topup_stolen", True),
    ("someone used my monthly pay", "mp_topup_stolen", True),
    ("overcharged", "billing_amount_mismatch", False),
    ("charged the wrong amount", "billing_amount_mismatch", False),
    ("withdrawal hasn't arrived", "withdrawal_anomaly", False),
    ("I cashed out 3 days ago and nothing came", "withdrawal_anomaly", False),
    ("can't withdraw my money", "withdrawal_restricted", False),
    ("my account is frozen", "card_cover_frozen", False),
    ("account locked", "card_cover_frozen", False),
    ("payment failed but I was charged", "pay_failed_deducted", False),
    ("the payment didn't go through but the money was taken", "pay_failed_deducted", False),
    ("subscription renewed automatically", "card_cover_balance", False),
    ("I am a merchant and my terminal was debited", "merchant_deduction", False),
    ("the item is broken, I want to return it", "after_sale", False),
    ("fake product", "after_sale", False),
    # What people typed in front of others and found nothing, and its kind: colloquial, dialect, pinyin, slips of the hand.
    ("卡套余额为负数", "card_cover_balance", False),
    ("卡套的钱少了", "card_cover_balance", None),
    ("余额变成负的了", "card_cover_balance", False),
    ("充值100扣了150", "billing_amount_mismatch", False),
    ("充50块结果扣了80", "billing_amount_mismatch", False),
    ("标价 30 收了我 45", "billing_amount_mismatch", False),
    ("the price was 20 but I was charged 30", "billing_amount_mismatch", False),
    ("扣费对不上", "billing_amount_mismatch", False),
    ("3天扣了2次", "billing_duplicate", False),
    ("孩子偷偷充了游戏", "minor_topup", False),
    ("娃娃拿我手机打赏主播", "minor_topup", False),
    ("小孩充了2000块王者荣耀", "minor_topup", False),
    ("我儿子买了好多皮肤", "minor_topup", False),
    ("未成年人充值怎么退", "minor_topup", False),
    ("細路仔課金", "minor_topup", False),
    ("my son spent 500 on a game", "minor_topup", False),
    ("my 9 year old topped up a game", "minor_topup", False),
    ("双重扣费", "billing_duplicate", False),
    ("又扣了一次钱", "billing_duplicate", False),
    ("kou le liang ci", "billing_duplicate", False),
    ("dupliacte payment", "billing_duplicate", False),
    ("验证码给了别人", "scam_transfer", True),
    ("我把验证码告诉了客服", "scam_transfer", True),
    ("刷单被骗了", "scam_transfer", True),
    ("冒充客服让我转账", "scam_transfer", True),
    ("对方让我开共享屏幕", "scam_transfer", True),
    ("杀猪盘 转了五万", "scam_transfer", True),
    ("被片了钱", "scam_transfer", True),
    ("畀人呃咗", "scam_transfer", True),
    ("遭骗了咋个办", "scam_transfer", True),
    ("bei pian le", "scam_transfer", True),
    ("I gave them the code", "scam_transfer", True),
    ("tricked into sending money", "scam_transfer", True),
    ("fake customer service", "scam_transfer", True),
    ("花呗", "mp_topup_stolen", None),
    ("花贝被盗充值", "mp_topup_stolen", True),
    ("someone took money from my account", "billing_unauthorized", True),
    ("money missing from my account", "billing_unauthorized", True),
    ("钱么得了", "billing_unauthorized", True),
    ("啲錢唔见咗", "billing_unauthorized", True),
    ("到刷", "billing_unauthorized", True),
    ("dao shua", "billing_unauthorized", True),
    ("unathorised payment", "billing_unauthorized", True),
    ("体现没到账", "withdrawal_anomaly", False),
    ("tixian mei dao zhang", "withdrawal_anomaly", False),
    ("my witdrawal is stuck", "withdrawal_anomaly", False),
    ("提现按钮是灰的", "withdrawal_restricted", False),
    ("号被冻洁了", "card_cover_frozen", False),
    ("dongjie", "card_cover_frozen", False),
    ("my acount is froozen", "card_cover_frozen", False),
    ("交易失败但扣钱了", "pay_failed_deducted", False),
    ("冲了没到", "pay_failed_deducted", False),
    ("我的店收款被扣了", "merchant_deduction", False),
    ("tuihuo", "after_sale", False),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "first", "emergency"), PHRASES)
def test_real_words_lead_to_the_case(typed, first, emergency):
    found = find(typed, NAMES)
    assert found.keys[:1] == [first], found
    assert emergency is None or found.emergency == emergency


def test_a_letter_wrong_in_a_long_word_is_mended_and_a_short_word_is_not():
    assert find("the truck came late", NAMES).emergency is False
    assert find("dupilcate", NAMES).keys == ["billing_duplicate"]


def test_the_same_sum_twice_is_no_other_sum():
    assert find("充值100扣了100", NAMES).keys != ["billing_amount_mismatch"]


@pytest.mark.parametrize("typed", ["", "   ", "？！", "天气真好", "hello", "xyzzy", "1234", "<script>", "(", "\\", "的"])
def test_what_means_nothing_finds_nothing(typed):
    assert find(typed, NAMES).keys == []
    assert not find(typed, NAMES).emergency


def test_at_most_four_and_each_once():
    found = find("被盗刷了两次，提现没到账，账户冻结，余额不对，退货，支付失败 金额不对", NAMES).keys
    assert len(found) == len(set(found)) <= 4


def test_a_category_that_is_not_in_force_is_never_found():
    assert find("charged twice", {"after_sale": ()}).keys == []


def test_what_a_category_is_called_finds_it_without_the_lexicon():
    assert find("我的优惠券没了", {"coupons": ("优惠券",)}).keys == ["coupons"]


def test_only_so_much_is_read():
    assert find("x" * 5000 + " charged twice", NAMES).keys == []


def test_signs_and_widths_do_not_matter():
    assert plain("ＣＨＡＲＧＥＤ—twice!!") == " charged twice "


def test_every_shipped_category_has_its_words_and_no_word_is_for_none():
    newest = read_shipped(SHIPPED, f"playbooks-{shipped_versions()[-1]}")
    assert set(KEYS) == {category["key"] for category in newest["categories"]}


def test_every_part_of_every_term_is_as_it_is_looked_for():
    """A capital or a sign in the data could never match."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for words in (*data["categories"].values(), *data["meanings"].values(), data["emergency"]):
        assert len(words) == len(set(words))
        parts = [part for word in words for part in word.split() if part[0] != "@"]
        assert [part for part in parts if plain(part).split() != [part]] == []


def test_every_meaning_that_a_term_names_is_there_and_is_used():
    data = json.loads(DATA.read_text(encoding="utf-8"))
    terms = (*data["emergency"], *(term for words in data["categories"].values() for term in words))
    named = {part[1:] for term in terms for part in term.split() if part[0] == "@"}
    assert named == set(data["meanings"])
