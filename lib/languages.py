"""Which language counts: the active one, or that of whoever will read. Two are written, zh-Hans and en; zh-Hant is made of the first."""

from django.conf import settings
from django.utils.translation import get_language, get_supported_language_variant

from lib.traditional import in_traditional

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def active_language() -> str:
    """Its code. Where none is active (a process between two requests), the desk's."""
    return get_language() or settings.LANGUAGE_CODE


def html_language(language: str = "") -> str:
    """As `lang` names that language, or the active one."""
    language = (language or active_language()).lower()
    return HTML_LANGUAGES.get(language, language)


def language_meant(code: str) -> str:
    """The one of ours that a code from outside names (zh-TW, zh_CN, en-GB); empty where it is none of them."""
    try:
        return get_supported_language_variant(code.replace("_", "-").lower())
    except (LookupError, ValueError):
        return ""


def reader_language(chosen: str) -> str:
    """For a text to somebody who is not at this page: the language they chose, or the desk's. Never that of whoever acts just now."""
    return chosen or settings.LANGUAGE_CODE


def in_chinese(language: str = "") -> bool:
    """Whether that language is Chinese, by its code; without one, whether the active one is."""
    return (language or active_language()).lower().startswith("zh")


def in_script(text: str, language: str = "") -> str:
    """A Chinese text of ours as that language, or the active one, writes it; one in English stays as it is."""
    return in_traditional(text) if (language or active_language()).lower() == "zh-hant" else text


def localised_column(name: str, language: str = "") -> str:
    """`title_zh` or `title_en`."""
    return f"{name}_zh" if in_chinese(language) else f"{name}_en"


def localised_value(row: object, name: str, language: str = "") -> str:
    """One of two columns or fields, `title_zh` or `title_en`, in that language or in the active one."""
    return in_script(str(getattr(row, localised_column(name, language))), language)
