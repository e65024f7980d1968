"""Units that stand behind a number, and currencies before or behind it: money, percent, time, measures,
ages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain import FigureKind
from service.language.tokens import word_set


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's words in a text and what they mean; `name` is normalised ("USD", "kilometre", "percent")."""

    start: int
    end: int
    kind: FigureKind
    name: str


_NAMES: dict[FigureKind, dict[str, str]] = {
    "percent": {"percent": "%|percent|per cent|pct",
    "percentage point": "percentage point*|percent point*|pp|ppt|ppts"},
    "multiple": {"times": "times|x|×|fold"},
    "money": {
        "USD": "dollar*|buck*", "EUR": "euro*", "GBP": "pound*|pound* sterling|quid", "RUB": "ruble*|rouble*",
        "JPY": "yen", "CNY": "yuan|renminbi", "INR": "rupee*", "UAH": "hryvnia*|hryvnya*",
        "PLN": "zloty*|złoty*|zł",
        "ILS": "shekel*", "NGN": "naira", "KRW": "won", "ZAR": "rand", "THB": "baht", "MYR": "ringgit",
        "IDR": "rupiah*", "BRL": "reais", "VND": "dong", "BDT": "taka", "KZT": "tenge", "GHS": "cedi*",
        "peso": "peso*", "franc": "franc*", "rial": "rial*", "riyal": "riyal*", "dirham": "dirham*",
        "dinar": "dinar*", "lira": "lira*", "crown": "kroner|kronor|krona|kronas|krone|crown*|kr",
        "cent": "cent*",
        "penny": "pence", "shilling": "shilling*", "bitcoin": "bitcoin*",
    },
    "duration": {
        "millisecond": "millisecond*", "second": "second*|sec*", "minute": "minute*|min*",
        "hour": "hour*|hr*",
        "day": "day*", "night": "night*", "week": "week*|wk*", "fortnight": "fortnight*",
        "weekend": "weekend*",
        "month": "month*", "year": "year*|yr*", "decade": "decade*", "century": "century|centuries",
    },
    "measure": {
        "kilometre": "kilometre*|kilometer*|km*", "centimetre": "centimetre*|centimeter*|cm*",
        "millimetre": "millimetre*|millimeter*|mm", "metre": "metre*|meter*|m",
        "nautical mile": "nautical mile*",
        "light year": "light year*", "mile": "mile*|mi", "yard": "yard*|yd*", "foot": "feet|foot|ft",
        "inch": "inch|inches", "hectare": "hectare*|ha", "acre": "acre*", "tonne": "tonne*|metric ton*",
        "ton": "ton*", "kilogram": "kilogram*|kilogramme*|kilo*|kg*", "milligram": "milligram*|mg",
        "microgram": "microgram*|mcg|µg|μg", "gram": "gram*|gramme*|g", "pound": "lb*", "ounce": "ounce*|oz",
        "stone": "stone", "kilotonne": "kiloton*|kilotonne*|kt", "megatonne": "megaton*|megatonne*",
        "millilitre": "millilitre*|milliliter*|ml", "litre": "litre*|liter*|l", "gallon": "gallon*",
        "barrel per day": "barrel* per day|barrel* a day|bpd", "barrel": "barrel*|bbl*", "pint": "pint*",
        "watt": "watt*", "kilowatt": "kilowatt*|kw", "megawatt": "megawatt*|mw", "gigawatt": "gigawatt*|gw",
        "terawatt": "terawatt*|tw", "kilowatt hour": "kilowatt hour*|kwh",
        "megawatt hour": "megawatt hour*|mwh",
        "gigawatt hour": "gigawatt hour*|gwh", "terawatt hour": "terawatt hour*|twh", "volt": "volt*",
        "kilovolt": "kilovolt*|kv", "megabyte": "megabyte*|mb", "gigabyte": "gigabyte*|gb",
        "terabyte": "terabyte*|tb", "hertz": "hertz|hz", "megahertz": "megahertz|mhz",
        "gigahertz": "gigahertz|ghz",
        "decibel": "decibel*|db", "knot": "knot*", "mile per hour": "mph|mile* per hour|mile* an hour",
        "kilometre per hour": "kph|kmh|km/h|km per hour|km an hour|kilometre* per hour|kilometre* an hour|"
        "kilometer* per hour|kilometer* an hour",
        "kilocalorie": "kilocalorie*|kcal", "calorie": "calorie*", "horsepower": "horsepower|hp|bhp",
        "basis point": "basis point*|bp|bps", "degree": "degree*|°|º", "magnitude": "magnitude",
        "degree Celsius": "celsius|centigrade|degree* celsius|degree* centigrade|degree* c|° c|° celsius",
        "degree Fahrenheit": "fahrenheit|degree* fahrenheit|degree* f|° f|° fahrenheit", "carat": "carat*",
        "kelvin": "kelvin", "millibar": "millibar*|hpa|hectopascal*", "sievert": "sievert*",
    },
}  # fmt: skip
_LENGTHS = ("kilometre", "centimetre", "millimetre", "metre", "mile", "yard", "foot", "inch")


def _expanded() -> dict[str, tuple[FigureKind, str]]:
    table: dict[str, tuple[FigureKind, str]] = {}
    for kind, names in _NAMES.items():
        for name, forms in names.items():
            for form in forms.split("|"):
                for spelt in {form.replace("*", ""), form.replace("*", "s")}:
                    table[spelt] = (kind, name)
    for name in _LENGTHS:
        for form in _NAMES["measure"][name].split("|"):
            for spelt in {form.replace("*", ""), form.replace("*", "s")}:
                for short, power in (
                    ("square", "square"),
                    ("sq", "square"),
                    ("cubic", "cubic"),
                    ("cu", "cubic"),
                ):
                    table[f"{short} {spelt}"] = ("measure", f"{power} {name}")
                for raised, power in (("²", "square"), ("2", "square"), ("³", "cubic"), ("3", "cubic")):
                    table[spelt + raised] = ("measure", f"{power} {name}")
    return table


_FORMS = _expanded()
_EXACT_CASE = frozenset(("m", "g", "l", "x", "mi", "ha", "min", "kt", "mb", "tb", "gb", "bp", "pp"))
"""Short forms that count only as written here or in capitals, and never at the head of a name."""
CODES = word_set(
    "USD EUR GBP JPY CNY RMB RUB CHF AUD CAD NZD HKD SGD INR KRW TRY PLN SEK NOK DKK CZK HUF RON "
    "UAH ILS ZAR NGN "
    "BRL MXN ARS CLP COP PEN EGP KES GHS PKR BDT LKR IDR MYR PHP THB VND TWD SAR AED QAR KWD IQD IRR "
    "KZT GEL"
)
"""ISO 4217 codes that count as money beside a number."""
SYMBOLS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD",
    "S$": "SGD", "NT$": "TWD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR",
    "₽": "RUB", "₩": "KRW", "₴": "UAH", "₺": "TRY", "₪": "ILS", "₦": "NGN", "฿": "THB", "₫": "VND",
    "₱": "PHP", "Rs": "INR", "Rs.": "INR", "RM": "MYR",
}  # fmt: skip
_LANDS = {
    "us": "USD", "u.s.": "USD", "american": "USD", "australian": "AUD", "canadian": "CAD",
    "hong kong": "HKD", "new zealand": "NZD", "singapore": "SGD", "swiss": "CHF", "mexican": "MXN",
    "philippine": "PHP", "pakistani": "PKR", "indian": "INR", "turkish": "TRY", "egyptian": "EGP",
    "british": "GBP", "swedish": "SEK", "norwegian": "NOK", "danish": "DKK", "czech": "CZK",
    "argentine": "ARS", "iranian": "IRR", "iraqi": "IQD", "saudi": "SAR", "kenyan": "KES", "taiwan": "TWD",
    "russian": "RUB", "chinese": "CNY", "japanese": "JPY",
}  # fmt: skip
_PIECE = r"(?:[^\W\d_]{1,16}(?:/h\b)?[²³23]?|[%°º×])"
_BETWEEN = r"[ \n\t\u00a0\u2009\u202f\-‑\u2010]"
_WORDS = re.compile(rf"(?P<gap>{_BETWEEN}{{0,2}})(?P<first>{_PIECE})(?P<rest>(?:{_BETWEEN}?{_PIECE}){{0,2}})")
_ONE = re.compile(_PIECE)
_LAND = re.compile(
    rf"\s?(?P<land>{'|'.join(map(re.escape, _LANDS))})\s(?P<word>[^\W\d_]{{3,9}})(?!\w)", re.IGNORECASE
)
_AGE = re.compile(
    rf"{_BETWEEN}{{1,2}}(?P<unit>year|month|week|day)s?(?:{_BETWEEN}olds?|\s+of\s+age)(?!\w)", re.IGNORECASE
)
_CODE = re.compile(r"[ \u00a0\u202f]?(?P<code>[A-Z]{3})(?!\w)")
_SIGN = "|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True)))
_SYMBOL = re.compile(rf"[ \u00a0\u202f]?(?P<sign>{_SIGN})(?!\w)")
_SYMBOL_BEFORE = re.compile(rf"(?<![^\W_])(?P<sign>{_SIGN})[ \u00a0\u202f]?$")
_CODE_BEFORE = re.compile(r"(?<!\w)(?P<code>[A-Z]{3})[ \u00a0\u202f]?$")


def currency_before(text: str, place: int) -> Unit | None:
    """The currency sign or ISO code that stands right before `place`."""
    window = max(0, place - 6)
    head = text[window:place]
    sign = _SYMBOL_BEFORE.search(head)
    if sign:
        return Unit(window + sign.start(), place, "money", SYMBOLS[sign["sign"]])
    code = _CODE_BEFORE.search(head)
    if code and code["code"] in CODES:
        name = "CNY" if code["code"] == "RMB" else code["code"]
        return Unit(window + code.start(), place, "money", name)
    return None


def unit_at(text: str, place: int) -> Unit | None:
    """The unit whose words begin at `place`, a gap or hyphen allowed before them; the longest one that
    fits.
    """
    age = _AGE.match(text, place)
    if age:
        return Unit(place, age.end(), "age", age["unit"].lower())
    return _sign_at(text, place) or _word_at(text, place)


def _sign_at(text: str, place: int) -> Unit | None:
    for pattern, group, table in (
        (_SYMBOL, "sign", SYMBOLS),
        (_CODE, "code", {code: code for code in CODES}),
    ):
        match = pattern.match(text, place)
        if match and match[group] in table:
            return Unit(place, match.end(), "money", table[match[group]])
    land = _LAND.match(text, place)
    if land and (known := _FORMS.get(land["word"].lower())) and known[0] == "money":
        return Unit(place, land.end(), "money", _LANDS[land["land"].lower()])
    return None


def _word_at(text: str, place: int) -> Unit | None:
    match = _WORDS.match(text, place)
    if match is None:
        return None
    spans = [
        match.span("first"),
        *(piece.span() for piece in _ONE.finditer(text, match.start("rest"), match.end("rest"))),
    ]
    for length in range(len(spans), 0, -1):
        end = spans[length - 1][1]
        pieces = [text[first:last] for first, last in spans[:length]]
        if text[end - 1].isalnum() and end < len(text) and (text[end].isalnum() or text[end] == "_"):
            continue
        if not _fits(pieces, touching=not match["gap"]):
            continue
        known = _FORMS.get(" ".join(pieces).lower())
        if known:
            return _meant(text, place, end, known, bare=not match["gap"])
    if not match["gap"] and match["first"] in ("C", "F") and not match["rest"]:
        name = "degree Celsius" if match["first"] == "C" else "degree Fahrenheit"
        return Unit(place, match.end(), "measure", name)
    return None


def _fits(pieces: list[str], touching: bool) -> bool:
    """Whether a short form is written as units are: m, MW, but not "Ha" or "Mi" at the head of a name."""
    if len(pieces) > 1 or len(pieces[0]) > 3:
        return True
    word = pieces[0]
    if word.lower() not in _EXACT_CASE:
        return True
    return (word.islower() or (word.isupper() and len(word) > 1)) and (touching or word not in ("x",))


def _meant(text: str, place: int, end: int, known: tuple[FigureKind, str], bare: bool) -> Unit:
    kind, name = known
    del bare
    if name == "GBP" and _weighs(text, place, end):
        kind, name = "measure", "pound"
    return Unit(place, end, kind, name)


def _weighs(text: str, place: int, end: int) -> bool:
    """Whether pounds are a weight: of something, or behind a word of weighing."""
    if not text[place:end].lower().rstrip("s").endswith("pound"):
        return False
    weight = re.compile(r"\b(?:weigh\w*|weight|heav\w+|lift\w*|lost|gain\w*|shed)\b", re.IGNORECASE)
    before = weight.search(text[max(0, place - 40) : place])
    return bool(before) or text[end : end + 4].lower() == " of "
