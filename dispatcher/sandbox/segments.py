"""How many parts a carrier makes of a text message; counted here on its own, as an oracle."""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
_ALL = GSM | EXTENDED


def parts(text: str) -> int:
    """Parts as the carrier bills them: 160/153 septets in GSM-7, else 70/67 UTF-16 units."""
    if _ALL.issuperset(text):
        widths = [2 if char in EXTENDED else 1 for char in text] if EXTENDED & set(text) else None
        return _packed(widths, len(text), single=160, many=153)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text] if max(text) > "\uffff" else None  # noqa: PLR2004  # the first plane
    return _packed(widths, len(text), single=70, many=67)


def _packed(widths: list[int] | None, length: int, *, single: int, many: int) -> int:
    total = length if widths is None else sum(widths)
    if total <= single:
        return 1
    if widths is None:
        return -(-total // many)
    count, room = 1, many
    for width in widths:  # a pair is never split between two parts
        if width > room:
            count, room = count + 1, many
        room -= width
    return count
