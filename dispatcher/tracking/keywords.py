"""What a reply by SMS means: STOP, START, HELP and OK in every shipped language; pure.

A reply counts when the whole message is one of these words, or several of them and nothing else:
then the most urgent stands, so that STOP always wins. Case, width, accents, spaces, punctuation and
the spellings of Arabic, Persian and Turkish keyboards make no difference.

Left out because they may mean something else; such a reply is kept for a person to read:

- YES, sí, oui, ja, да, はい: carriers take YES for START, readers answer questions with it.
- NO, нет: an answer, not a wish to hear no more.
- T, R, N, 1, 11: what some countries' operators ask for in their own texts; too easily a slip.
- FIN, BASTA, PARA: words of sentences. K: a slip or an OK.

Sources of the English words: twilio.com/docs/messaging/tutorials/advanced-opt-out and AWS End User
Messaging's required keywords (which add ARRET and TD); of RET: Turkish practice for commercial
texts; of لغو11: Iranian operators.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Meaning(StrEnum):
    """What a reply asks of us, the most urgent first."""

    STOP = "stop"
    """No more messages to this number."""
    START = "start"
    """Messages again, after a STOP."""
    HELP = "help"
    """Who are you, and what can I do?"""
    ACKNOWLEDGED = "acknowledged"
    """Read and understood."""
    OTHER = "other"
    """Words for a person to read."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply's meaning; `language` (BCP 47) where its words belong to one language alone."""

    meaning: Meaning
    language: str = ""


WORDS: Final = {
    Meaning.STOP: {
        "": "STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT, REMOVE",
        "en": "STOP, UNSUBSCRIBE ME, STOP IT, STOP MESSAGES",
        "fa": "لغو, لغو ۱۱, توقف, قطع, لغو عضویت, لغو اشتراک",
        "ar": "إيقاف, توقف, أوقف, قف, إلغاء, إلغاء الاشتراك",
        "es": "ALTO, PARAR, BAJA, CANCELAR, DETENER",
        "fr": "STOP, ARRÊT, ARRÊTER, ARRÊTE, ARRÊTEZ, ARRETT, DÉSABONNER, DÉSINSCRIRE",
        "de": "STOPP, ABMELDEN, ABBESTELLEN, ENDE, BEENDEN",
        "pt-BR": "PARE, PARAR, SAIR, CANCELAR, DESCADASTRAR",
        "zh-Hans": "退订, 停止, 取消, 取消订阅, TD",
        "zh-Hant": "退訂, 停止, 取消, 取消訂閱",
        "ja": "停止, 配信停止, 解除, 退会, ストップ",
        "hi": "रोकें, रोको, बंद, बन्द, बंद करें, बंद करो, स्टॉप",
        "ru": "СТОП, ОТПИСКА, ОТПИСАТЬСЯ, ОТМЕНА, ОТКАЗ",
        "tr": "DUR, DURDUR, İPTAL, RET",
    },
    Meaning.START: {
        "": "START, UNSTOP",
        "en": "START, SUBSCRIBE, RESUME",
        "fa": "شروع, شروع مجدد, عضویت",
        "ar": "ابدأ, بدء, استئناف, اشتراك",
        "es": "ALTA, INICIAR, COMENZAR, REANUDAR",
        "fr": "REPRENDRE, DÉBUT, DÉMARRER, COMMENCER, RÉABONNER",
        "de": "START, STARTEN, ANMELDEN, FORTSETZEN",
        "pt-BR": "INICIAR, COMEÇAR, VOLTAR, RETOMAR",
        "zh-Hans": "开始, 恢复, 订阅, 恢复订阅",
        "zh-Hant": "開始, 恢復, 訂閱, 恢復訂閱",
        "ja": "再開, 開始, 配信再開, スタート",
        "hi": "शुरू, शुरू करें, शुरू करो, चालू करें",
        "ru": "СТАРТ, НАЧАТЬ, ВОЗОБНОВИТЬ, ПОДПИСАТЬСЯ",
        "tr": "BAŞLAT, BAŞLA, DEVAM",
    },
    Meaning.HELP: {
        "": "HELP, INFO",
        "en": "HELP",
        "fa": "راهنما, کمک, راهنمایی",
        "ar": "مساعدة, ساعدني, معلومات",
        "es": "AYUDA, INFORMACIÓN",
        "fr": "AIDE, INFOS",
        "de": "HILFE",
        "pt-BR": "AJUDA, INFORMAÇÃO, SOCORRO",
        "zh-Hans": "帮助, 求助, 说明",
        "zh-Hant": "幫助, 求助, 說明",
        "ja": "ヘルプ, 助けて, 案内",
        "hi": "मदद, सहायता, हेल्प",
        "ru": "ПОМОЩЬ, СПРАВКА, ИНФО, ПОМОГИТЕ",
        "tr": "YARDIM, BİLGİ",
    },
    Meaning.ACKNOWLEDGED: {
        "": "OK, OKAY, OKEY",
        "en": "OK, READ, UNDERSTOOD, RECEIVED, GOT IT, CONFIRM, CONFIRMED",
        "fa": "تأیید, باشه, اوکی, خواندم, متوجه شدم, فهمیدم, دریافت شد",
        "ar": "تم, حسنا, تم الاستلام, قرأت, فهمت, مفهوم, أوكي",
        "es": "OK, RECIBIDO, ENTENDIDO, VALE, LEÍDO, DE ACUERDO, CONFIRMADO",
        "fr": "OK, REÇU, BIEN REÇU, LU, COMPRIS, D'ACCORD",
        "de": "OK, GELESEN, VERSTANDEN, ERHALTEN, BESTÄTIGT, IN ORDNUNG",
        "pt-BR": "OK, RECEBIDO, ENTENDIDO, ENTENDI, CIENTE, LIDO, CONFIRMADO",
        "zh-Hans": "收到, 已读, 已阅, 知道了, 明白, 好的, 确认",
        "zh-Hant": "收到, 已讀, 已閱, 知道了, 明白, 好的, 確認",
        "ja": "了解, 了解です, 了解しました, 確認, 確認しました, 既読, わかりました, 承知しました",
        "hi": "ठीक है, ठीक, समझ गया, समझ गई, पढ़ लिया, मिल गया, ओके",
        "ru": "ОК, ОКЕЙ, ПРОЧИТАНО, ПРОЧИТАЛ, ПРОЧИТАЛА, ПОНЯТНО, ПОНЯЛ, ПОНЯЛА, ПОЛУЧЕНО, ХОРОШО",
        "tr": "TAMAM, ANLADIM, OKUDUM, ALDIM, ANLAŞILDI",
    },
}
"""Meaning -> language ('' is the carriers' own) -> words; the first is the one that we ask for."""

LONGEST: Final = 100
"""Characters; a message beyond is no key word, however it is written."""
_GESTURES: Final = frozenset("👍👌✅✔☑")
_SPELLINGS: Final = str.maketrans(
    {"ı": "i", "ى": "ي", "ی": "ي", "ې": "ي", "ك": "ک", "ڪ": "ک", "ة": "ه", "ە": "ه", "ہ": "ه",
     "ھ": "ه", "ٱ": "ا", "ँ": "ं", "\u093c": "", "ـ": ""}
)  # fmt: skip
"""Letters that keyboards swap: Turkish i, Arabic and Persian y, k and h, Hindi nasals and dots."""
_OWN_SIGNS: Final = 10
"""Combining classes below belong to the letters of Indic and Japanese; those above are accents."""


def normalised(text: str) -> str:
    """The letters and digits alone: no case, width, accents, spaces, punctuation or joiners.

    Idempotent. Digits of any script become ASCII.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKD", "".join(map(_kept, plain)).translate(_SPELLINGS))


def _kept(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category[0] in "LN":
        return sign
    own = category[0] == "M" and unicodedata.combining(sign) < _OWN_SIGNS
    return sign if own and "\u0900" <= sign < "\ufe00" else ""  # no joiners, no variation selectors


def words(meaning: Meaning, language: str) -> list[str]:
    """The words of one language as people write them."""
    return WORDS[meaning][language].split(", ")


def asked_for(meaning: Meaning, language: str) -> str:
    """The word to name in a text of this language."""
    return words(meaning, language)[0]


def _every() -> Iterator[tuple[str, Meaning, str]]:
    for meaning, languages in WORDS.items():
        for language in languages:
            for word in words(meaning, language):
                yield normalised(word), meaning, language


def _known() -> dict[str, Heard]:
    known: dict[str, Heard] = {}
    for word, meaning, language in _every():
        alone = word not in known or known[word].language == language
        known[word] = Heard(meaning, language if alone else "")
    return known


_KNOWN: Final = _known()
_URGENCY: Final = list(Meaning)


def hear(text: str) -> Heard:
    """What a reply means; OTHER when it is not made of key words alone."""
    if len(text) > LONGEST:
        return Heard(Meaning.OTHER)
    if whole := _KNOWN.get(normalised(text)):
        return whole
    pieces = [piece for word in text.split() if (piece := normalised(word))]
    if pieces and all(piece in _KNOWN for piece in pieces):
        return min((_KNOWN[piece] for piece in pieces), key=lambda h: _URGENCY.index(h.meaning))
    if not pieces and _is_gesture(text):
        return Heard(Meaning.ACKNOWLEDGED)
    return Heard(Meaning.OTHER)


def _is_gesture(text: str) -> bool:
    """Thumbs and ticks alone, of any skin tone."""
    signs = {s for s in text if not s.isspace() and unicodedata.category(s) not in {"Mn", "Sk"}}
    return bool(signs) and signs <= _GESTURES
