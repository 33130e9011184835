"""Where the invented people live, what they read there, and numbers that ring nowhere.

`fiction` are ranges that the country's regulator keeps for films and books (Ofcom, ARCEP,
BNetzA, ACMA, PTS, ComReg, NANPA): prefix and free digits. Where there is none, or when it is used
up, `unassigned` is a prefix that no operator has: libphonenumber calls every number in it invalid
(a test asks for each), and our own check takes it because it is as long as a mobile number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """One country: its share of the people, what they read, its regions with their zones."""

    country: str
    share: int
    languages: tuple[tuple[str, ...], ...]
    code: str
    length: int
    unassigned: str
    regions: Mapping[str, str]
    fiction: tuple[tuple[str, int], ...] = ()


def _north_america(*areas: int) -> tuple[tuple[str, int], ...]:
    """555-0100 to 555-0199 in some area codes."""
    return tuple((f"+1{area}55501", 2) for area in areas)


_EN_US: Final = (("en",), ("en",), ("en-US",), ("es", "en"), ("en", "es"), ("zh-Hans", "en"))

PLACES: Final[tuple[Place, ...]] = (
    Place(
        *("US", 12, _EN_US, "+1", 10, "10"),
        regions={
            "US-CA": "America/Los_Angeles",
            "US-NY": "America/New_York",
            "US-TX": "America/Chicago",
            "US-WA": "America/Los_Angeles",
        },
        fiction=_north_america(
            *(202, 212, 213, 206, 210, 214, 253, 310, 312, 347, 408, 415, 425, 469, 510),
            *(512, 562, 619, 626, 646, 650, 661, 707, 713, 714, 718, 760, 805, 817, 831),
        ),
    ),
    Place(
        *("CA", 3, (("en",), ("en-CA",), ("fr", "en"), ("fr-CA",)), "+1", 10, "11"),
        regions={"CA-ON": "America/Toronto", "CA-QC": "America/Toronto"},
        fiction=_north_america(416, 437, 514, 613, 647, 819),
    ),
    Place("MX", 3, (("es",), ("es-MX",)), "+52", 10, "10", {"MX-CMX": "America/Mexico_City"}),
    Place(
        *("BR", 8, (("pt-BR",), ("pt-BR",), ("pt-BR", "en"), ("pt",)), "+55", 11, "20"),
        regions={
            "BR-SP": "America/Sao_Paulo",
            "BR-RJ": "America/Sao_Paulo",
            "BR-AM": "America/Manaus",
        },
    ),
    Place(
        "AR", 2, (("es",), ("es-AR",)), "+54", 11, "900", {"AR": "America/Argentina/Buenos_Aires"}
    ),
    Place("ES", 4, (("es",), ("es", "en")), "+34", 9, "2", {"ES": "Europe/Madrid"}),
    Place("PT", 1, (("pt",), ("pt-PT", "en")), "+351", 9, "4", {"PT": "Europe/Lisbon"}),
    Place(
        *("FR", 6, (("fr",), ("fr",), ("fr", "en"), ("ar", "fr")), "+33", 9, "40"),
        regions={"FR": "Europe/Paris"},
        fiction=(("+3363998", 4),),
    ),
    Place(
        "BE", 1, (("fr", "en"), ("fr",), ("de", "fr")), "+32", 9, "400", {"BE": "Europe/Brussels"}
    ),
    Place(
        *("DE", 8, (("de",), ("de",), ("de", "en"), ("tr", "de"), ("ru", "de")), "+49", 10, "14"),
        regions={"DE-BY": "Europe/Berlin", "DE-BE": "Europe/Berlin", "DE": "Europe/Berlin"},
        fiction=(("+4917139200", 2), ("+49176040690", 2)),
    ),
    Place("AT", 1, (("de",), ("de-AT",)), "+43", 10, "30", {"AT": "Europe/Vienna"}),
    Place(
        *("CH", 1, (("de",), ("fr",), ("it", "de"), ("de-CH", "fr")), "+41", 9, "10"),
        regions={"CH-ZH": "Europe/Zurich", "CH-GE": "Europe/Zurich"},
    ),
    Place(
        *("GB", 5, (("en",), ("en",), ("en-GB",), ("ar", "en")), "+44", 10, "6"),
        regions={"GB-ENG": "Europe/London", "GB-SCT": "Europe/London", "GB": "Europe/London"},
        fiction=(("+447700900", 3),),
    ),
    Place(
        *("IE", 1, (("en",), ("en-IE",)), "+353", 9, "3"),
        regions={"IE": "Europe/Dublin"},
        fiction=(("+3532091", 5),),
    ),
    Place("IT", 2, (("it",), ("it", "en")), "+39", 10, "6", {"IT": "Europe/Rome"}),
    Place(
        *("SE", 1, (("sv",), ("sv", "en")), "+46", 9, "71"),
        regions={"SE": "Europe/Stockholm"},
        fiction=tuple((f"+46701740{tens}", 1) for tens in range(61, 70)),
    ),
    Place("TR", 4, (("tr",), ("tr",), ("tr", "en")), "+90", 10, "6", {"TR": "Europe/Istanbul"}),
    Place(
        *("RU", 4, (("ru",), ("ru-RU",)), "+7", 10, "2"),
        regions={"RU-MOW": "Europe/Moscow", "RU-NVS": "Asia/Novosibirsk"},
    ),
    Place("KZ", 1, (("ru",), ("ru", "en")), "+7", 10, "5", {"KZ": "Asia/Almaty"}),
    Place("IR", 5, (("fa",), ("fa",), ("fa-IR", "en")), "+98", 10, "10", {"IR": "Asia/Tehran"}),
    Place("AF", 1, (("prs",), ("prs", "fa")), "+93", 9, "8", {"AF": "Asia/Kabul"}),
    Place("IQ", 2, (("ar",), ("ar", "en")), "+964", 10, "70", {"IQ": "Asia/Baghdad"}),
    Place("SA", 2, (("ar",), ("ar-SA",)), "+966", 9, "52", {"SA": "Asia/Riyadh"}),
    Place("AE", 2, (("ar", "en"), ("en",), ("hi", "en")), "+971", 9, "51", {"AE": "Asia/Dubai"}),
    Place("EG", 3, (("ar",), ("ar-EG",)), "+20", 10, "13", {"EG": "Africa/Cairo"}),
    Place("MA", 1, (("ar", "fr"), ("fr",)), "+212", 9, "2", {"MA": "Africa/Casablanca"}),
    Place(
        *("IN", 6, (("hi",), ("hi",), ("hi", "en"), ("en", "hi")), "+91", 10, "50"),
        regions={"IN-DL": "Asia/Kolkata", "IN-UP": "Asia/Kolkata"},
    ),
    Place("CN", 5, (("zh-Hans",), ("zh-CN",)), "+86", 11, "124", {"CN": "Asia/Shanghai"}),
    Place("TW", 3, (("zh-Hant",), ("zh-TW",)), "+886", 9, "7", {"TW": "Asia/Taipei"}),
    Place("HK", 2, (("zh-Hant-HK", "en"), ("zh-HK",)), "+852", 8, "41", {"HK": "Asia/Hong_Kong"}),
    Place("JP", 6, (("ja",), ("ja",), ("ja", "en")), "+81", 10, "30", {"JP": "Asia/Tokyo"}),
    Place("SG", 1, (("en", "zh-Hans"), ("zh-Hans",)), "+65", 8, "2", {"SG": "Asia/Singapore"}),
    Place(
        *("AU", 2, (("en",), ("en-AU",)), "+61", 9, "6"),
        regions={"AU-NSW": "Australia/Sydney", "AU-WA": "Australia/Perth"},
        fiction=tuple(
            (f"+61491{six}", 0)
            for six in (
                *("570006", "570156", "570157", "570158", "570159", "570110", "570313", "570737"),
                *("571266", "571491", "571804", "572549", "572665", "572983", "573770", "573087"),
            )
        ),
    ),
    Place("NZ", 1, (("en",), ("en-NZ",)), "+64", 9, "23", {"NZ": "Pacific/Auckland"}),
    Place("ZA", 1, (("en",), ("en-ZA",)), "+27", 9, "25", {"ZA": "Africa/Johannesburg"}),
    Place("NG", 2, (("en",), ("en-NG",)), "+234", 10, "73", {"NG": "Africa/Lagos"}),
)
