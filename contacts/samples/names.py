"""Given and family names in the scripts in which they are written; put together by chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one language; `order` puts the parts together."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    order: str = "{given} {family}"


def _of(given: str, family: str, order: str = "{given} {family}") -> Names:
    return Names(tuple(given.split()), tuple(family.split()), order)


_PERSIAN: Final = _of(
    "مریم زهرا سارا نرگس لیلا شیرین پروانه فاطمه علی رضا حسین امیر بهرام کیان داریوش آرش نیما پویا",
    "احمدی کریمی رضایی موسوی نوری صادقی حسینی جعفری "
    "قاسمی شریفی رستمی میرزایی پور‌محمد فرهادی بهرامی کاظمی",
)
_CHINESE: Final = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 刚 桂英 秀兰 志强 建华 晓东 雨桐 子涵",
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗",
)

NAMES: Final[Mapping[str, Names]] = {
    "en": _of(
        "Olivia Amelia Grace Hannah Chloe Zoë Ruth Ada James Noah Leo Owen Henry Samuel Idris Kofi",
        "Smith Jones Taylor Brown Walker Clarke Wright O'Neill MacLeod Okafor Hughes Bennett Marsh",
    ),
    "fa": _PERSIAN,
    "ar": _of(
        "محمد أحمد عمر يوسف خالد حسن إبراهيم سعيد فاطمة "
        "عائشة مريم ليلى نور سلمى هدى زينب رانيا سمير",
        "العلي حداد خوري منصور النجار الحسن صالح عباس شاهين الشريف قاسم درويش سليمان ناصر البنا",
    ),
    "es": _of(
        "María Lucía Sofía Carmen Inés Begoña Martín José Íñigo Diego Andrés Raúl Óscar Valentina",
        "García Fernández López Martínez Núñez Peña Ibáñez Muñoz Díaz Gutiérrez Rojas Cárdenas",
    ),
    "fr": _of(
        "Camille Chloé Zoé Inès Léa Agnès Élodie "
        "Hélène François Jérôme Loïc Étienne Théo Noël Mathis",
        "Martin Bernard Lefèvre Dupré Garnier Lemaître Bérenger Chevalier Noël Gauthier Séguin",
    ),
    "de": _of(
        "Anna Lena Käthe Jürgen Günther Björn Sabine "
        "Ursula Lukas Felix Jörg Änne Karl Heike Matthäus",
        "Müller Schmidt Schäfer Weiß Köhler Groß Krüger Böhm Vogel Jäger Strauß Lindner Brandt",
    ),
    "pt": _of(
        "João Inês Conceição Antônio Luís Mônica Sônia Cauã Thaís Marcos Beatriz Letícia Otávio",
        "Silva Souza Araújo Gonçalves Conceição Magalhães Simões Ribeiro Assunção Brandão Galvão",
    ),
    "zh-Hans": _of(*_CHINESE, order="{family}{given}"),
    "zh-Hant": _of(
        "偉 芳 娜 敏 靜 麗 強 磊 軍 勇 艷 傑 娟 濤 明 超 霞 剛 淑芬 美玲 志明 建宏 雅婷 家豪 怡君",
        "陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 郭 洪 邱 曾 廖 賴 徐",
        order="{family}{given}",
    ),
    "ja": _of(
        "太郎 花子 健 美咲 翔太 陽菜 蓮 さくら 大輔 由美子 直樹 恵子 拓也 葵 ひかり エミ 健一 智子",
        "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 松本 井上 斎藤",
        order="{family} {given}",
    ),
    "hi": _of(
        "प्रिया अंजलि सुनीता कविता पूजा नेहा आरती राहुल अमित विजय संजय अर्जुन रोहन दीपक मनोज सुरेश",
        "शर्मा वर्मा गुप्ता सिंह कुमार यादव मिश्रा त्रिपाठी चौधरी जोशी पटेल अग्रवाल सक्सेना",
    ),
    "ru": _of(
        "Анна Мария Елена Ольга Наталья Ирина Светлана "
        "Фёкла Иван Пётр Алексей Дмитрий Сергей Артём",
        "Ковальчук Шевченко Гончар Мельник Бондаренко Савич Литвин Романенко Кравец Юрченко Зуб",
    ),
    "tr": _of(
        "Ayşe Fatma Elif Zeynep Çiğdem Gül Şule Işıl Mehmet Ömer Çağlar Uğur İbrahim Kağan Barış",
        "Yılmaz Öztürk Şahin Çelik Aydın Doğan Yıldız Kılıç Güneş Korkmaz Özdemir Işık Ünal",
    ),
    "sv": _of(
        "Åsa Maja Elsa Björn Göran Sören Linnéa Ebba", "Åberg Öberg Sjöström Lindqvist Nyström"
    ),
    "it": _of(
        "Giulia Chiara Niccolò Matteo Cosimo Noemi", "Rossi Esposito Ricci Colombo D'Amico Galli"
    ),
    "prs": _PERSIAN,
}
