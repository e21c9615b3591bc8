"""Sixty invented guests whose names try every script, length and oddity a guest list brings."""

import random
from collections.abc import Sequence

from webapp.badges.sheets import BadgeFace, BadgeSheet, BadgeWords
from webapp.badges.stocks import get_stock
from webapp.core.qr import badge_text, choose

BASE_URL = "https://mixer.example.org"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Given name, family name, company, ask me about.
GUESTS = (
    ("Ana", "Silva", "Harbour Bakery", "sourdough, sailing"),
    ("Bartholomew", "Featherstonehaugh-Cholmondeley", "Chamber of Commerce and Industry of the Upper Vale", "games"),
    ("Maria Fernanda", "de la Cruz y Montoya", "Estudio Montoya", "light in small kitchens"),
    ("Wolfeschlegelsteinhausenbergerdorff", "", "A", "long walks, short names, and what lies between the two of them"),
    ("Bo", "X", "", ""),
    ("Łukasz", "Žižkovský", "Świat Książki Sp. z o.o.", "żurek, ćwikła"),
    ("Ștefan", "Țăranu", "Grădina Botanică", "vișine"),
    ("Þórunn", "Guðmundsdóttir", "Íslensk tónlist ehf.", "sagas"),
    ("Şeyma", "Yıldırım", "İzmir Kahve", "çay"),
    ("Nguyễn Thị", "Phương Thảo", "Cà phê Sài Gòn", "phở, ươm mầm"),
    ("Trần", "Đức Ưng", "Xưởng gỗ", ""),
    ("Παναγιώτης", "Παπαδόπουλος", "Ελαιώνες Αιγαίου", "ελιές"),
    ("Александра", "Щербакова-Широкова", "Вентиляция и шумоизоляция", "шахматы"),
    ("Ђорђе", "Његош", "Књижара", "шљиве"),
    ("娜", "李", "上海远景科技有限公司", "写作"),
    ("娜娜", "欧阳", "远景", ""),
    ("さくら", "ヶ丘", "株式会社みらい工房", "茶道"),
    ("민준", "김", "서울 커피", "바둑"),
    ("محمد", "عبد الرحمن", "شركة النور للتجارة والمقاولات العامة", "القهوة"),
    ("فاطمة الزهراء", "بن يوسف", "", "الحدائق"),
    ("شیرین", "حسین‌زاده", "کتاب‌فروشی", "شعر"),
    ("אברהם", "כהן-לוי", "בית קפה קטן", "אפייה"),
    ("Noa שירה", "Levi", "Studio שירה", "both ways"),
    ("प्रिया", "श्रीवास्तव", "दिल्ली चाय भवन", "चाय"),
    ("সুমিতা", "চট্টোপাধ্যায়", "", "মাছ"),
    ("கார்த்திக்", "சுப்பிரமணியன்", "சென்னை", ""),
    ("สมชาย", "ใจดีมาก", "กรุงเทพการค้า", "อาหาร"),
    ("გიორგი", "ბერიძე", "თბილისი", "ღვინო"),
    ("Արամ", "Հակոբյան", "Երևան", ""),
    ("Zoë 🎉", "O'Neil", "👩🏽‍🔬 Lab", "🧀 & 🍷"),
    ("Jean-Baptiste Emmanuel", "du Plessis-Bellière", "L'Été à l'Étang", "l'opéra"),
    (
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
        "W" * 60,
        "i" * 90,
    ),
    ("Cher", "", "", "singing"),
    ("", "Pelé", "Santos", ""),
    ("Tom & Jerry <b>", '"Quote" {{ 7*7 }}', "</article><script>", "{% raw %}"),
    ("José María Juan Tomás", "García Fernández de los Ríos y Santa Cruz", "Viñedos", "mapas"),
    ("IJsbrand", "van ’t Hof", "Fietsen", "tulpen"),
    ("Dr. h.c. mult. Anneliese", "Freifrau von und zu Beispielhausen", "Beispiel GmbH & Co. KG", "Fachwerk"),
)


def faces(count: int = 60, base_url: str = BASE_URL) -> tuple[BadgeFace, ...]:
    """The guests in turn, each with a token of their own."""
    seeded = random.Random(20261121)
    return tuple(face(*GUESTS[number % len(GUESTS)], seeded, base_url) for number in range(count))


def face(given: str, family: str, company: str, ask: str, seeded: random.Random, base_url: str) -> BadgeFace:
    """A guest with a fresh token."""
    token = "".join(seeded.choices(ALPHABET, k=24))
    text = badge_text(base_url, token)
    return BadgeFace(given, family, company, ask, text, choose(text), token[:8], (family or given)[0].upper())


def sheet_of(guests: Sequence[BadgeFace], stock: str = "a4-4up", **changes: object) -> BadgeSheet:
    """A document of these badges."""
    plain: dict[str, object] = {
        "title": "Badges",
        "language": "en",
        "stock": get_stock(stock),
        "circle_name": "Harbour Circle",
        "hue": 30,
        "logo_png": None,
        "host": "mixer.example.org",
        "words": BadgeWords("Ask me about"),
        "faces": tuple(guests),
        "separators": False,
    }
    return BadgeSheet(**(plain | changes))  # type: ignore[arg-type]  # the keys are the class's own
