"""Names are read from news prose, and compare whatever their spelling, case and form."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language.countries import country_named, country_of
from service.language.named_in import NamedIn, may_hold
from service.language.names import fold, folded, metonyms, read_names, shortens

READ: tuple[tuple[str, list[str]], ...] = (
    ("Envoy Alexander Matsegora spoke to Rossiyskaya Gazeta.", ["Alexander Matsegora", "Rossiyskaya Gazeta"]),
    ("The Institute for the Study of War doubted it.", ["Institute for the Study of War"]),
    (
        "Analysts at the Institute for the Study of War (ISW) agree.",
        ["Institute for the Study of War", "ISW"],
    ),
    ("Kim Jong-un met Volodymyr Zelenskyy.", ["Kim Jong-un", "Volodymyr Zelenskyy"]),
    ("Kim Jong Un’s daughter came too.", ["Kim Jong Un"]),
    ("James Hoare was the first Chargé d’affaires there.", ["James Hoare", "Chargé d’affaires"]),
    ("It happened on U.S. soil.", ["U.S."]),
    ("Cases of COVID-19 rose.", ["COVID-19"]),
    ("Wounded Russian troops recovered.", ["Russian"]),
    ("Hundreds of wounded Russians came.", ["Russians"]),
    ("Apple said it would build a plant.", ["Apple"]),
    ("Police said nothing.", []),
    ("Meanwhile, rescuers searched the rubble.", []),
    ("Rescuers searched the rubble.", []),
    ("Villagers fled. Paramedics came.", []),
    ("However, no one was hurt.", []),
    ("Certainly nothing was found.", []),
    ("US-based analysts disagree.", ["US"]),
    ("The Moscow-backed leader left.", ["Moscow"]),
    ("Anti-Russian protests and pro-Kyiv marches grew.", ["Russian", "Kyiv"]),
    ("Russian-North Korean ties grew.", ["Russian", "North Korean"]),
    (
        "South Korea's National Intelligence Service reported it.",
        ["South Korea", "National Intelligence Service"],
    ),
    (
        "the South Korean National Intelligence Service has reported",
        ["South Korean", "National Intelligence Service"],
    ),
    ("President Vladimir Putin arrived.", ["Vladimir Putin"]),
    ("The president met Prime Minister Mette Frederiksen.", ["Mette Frederiksen"]),
    ("He met the Prime Minister.", []),
    ("Mr Smith and Mrs. Jones left with Dr. Okafor.", ["Smith", "Jones", "Okafor"]),
    ("Foreign Minister Sergei Lavrov spoke.", ["Sergei Lavrov"]),
    ("It was signed by Secretary of State Antony Blinken.", ["State Antony Blinken"]),
    ("The deal was signed on Monday in March.", []),
    ("Theresa May resigned in May.", ["Theresa May"]),
    ("They met on 5 May in Oslo.", ["Oslo"]),
    ("Last May they met in Bern.", ["Bern"]),
    ("Bashar al-Assad met Mohammed bin Salman.", ["Bashar al-Assad", "Mohammed bin Salman"]),
    ("Ursula von der Leyen and Charles de Gaulle never met.", ["Ursula von der Leyen", "Charles de Gaulle"]),
    ("A flight to the U.A.E. left.", ["U.A.E."]),
    ("J. K. Rowling wrote to George W. Bush.", ["J. K. Rowling", "George W. Bush"]),
    ("AT&T and O’Brien’s sued.", ["AT&T", "O’Brien"]),
    ("Two F-16 jets took off.", ["F-16"]),
    ("Bill Gates and Grant Shapps spoke.", ["Bill Gates", "Grant Shapps"]),
    ("She works for the Bank of England.", ["Bank of England"]),
    ("The Ministry of Finance in Oslo declined.", ["Ministry of Finance", "Oslo"]),
    ("Workers at General Motors struck.", ["General Motors"]),
    ("The Justice Department appealed.", ["Justice Department"]),
    ("He praised General Mark Milley.", ["Mark Milley"]),
    ("The Korean People’s Army marched.", ["Korean", "People’s Army"]),
    (
        "The Democratic People’s Republic of Korea (DPRK) fired it.",
        ["Democratic People’s Republic of Korea", "DPRK"],
    ),
    ("Trinidad and Tobago beat Bosnia and Herzegovina.", ["Trinidad and Tobago", "Bosnia and Herzegovina"]),
    ("Côte d’Ivoire won.", ["Côte d’Ivoire"]),
    ("Türkiye and Cuba agreed.", ["Türkiye", "Cuba"]),
    ("Us teachers strike.", []),
    ("They told us to wait.", []),
    ("The WHO and the EU met.", ["WHO", "EU"]),
    ("People who were ill stayed.", []),
    ("The G7 met.", ["G7"]),
    ("Russia Sends Wounded Soldiers to North Korea for Medical Care", ["Russia", "North Korea"]),
    (
        "He called it a “Comprehensive Strategic Partnership Treaty” then.",
        ["Comprehensive Strategic Partnership Treaty"],
    ),
    ("She said: “Everything was free.”", []),
    ("“Nobody came,” said Odile Fabre.", ["Odile Fabre"]),
    ("Fabre left early. Later Fabre returned.", ["Fabre", "Fabre"]),
    ("Grant said no. The award went to Grant.", ["Grant", "Grant"]),
    ("Turkey and Jordan signed; a turkey escaped.", ["Turkey", "Jordan"]),
    ("Polish voters like to polish silver.", ["Polish"]),
    ("New York City Mayor Eric Adams spoke.", ["York City", "Eric Adams"]),
    ("Officials in New York City agreed.", ["New York City"]),
    ("The Kyiv Independent reported it.", ["Kyiv Independent"]),
    ("Moscow’s envoy to Pyongyang spoke.", ["Moscow", "Pyongyang"]),
    ("I think I saw it.", []),
    ("", []),
    ("12,000 people left.", []),
    ("It's over, and They're gone.", []),
    ("An iPhone broke.", []),
    ("McDonald's and MacArthur agreed.", ["McDonald", "MacArthur"]),
)

FOLDED: tuple[tuple[str, str], ...] = (
    ("Russia", "russia"),
    ("Russian", "russia"),
    ("Russians", "russia"),
    ("Russia's", "russia"),
    ("Russia’s", "russia"),
    ("RUSSIA", "russia"),
    ("russian", "russia"),
    ("U.S.", "united-states"),
    ("US", "united-states"),
    ("U.S", "united-states"),
    ("USA", "united-states"),
    ("us", "us"),
    ("American", "united-states"),
    ("United States", "united-states"),
    ("the United States", "the united-states"),
    ("North Korean", "north-korea"),
    ("DPRK", "north-korea"),
    ("N. Korea", "north-korea"),
    ("Korean", "korea"),
    ("South Koreans", "south-korea"),
    ("Britain", "united-kingdom"),
    ("British", "united-kingdom"),
    ("UK", "united-kingdom"),
    ("Dutch", "netherlands"),
    ("Holland", "netherlands"),
    ("polish", "polish"),
    ("Polish", "poland"),
    ("Zelenskyy’s", "zelenskyy"),
    ("Erdoğan", "erdogan"),
    ("Jong-un", "jong un"),
    ("Jong Un", "jong un"),
    ("O’Brien", "obrien"),
    ("São", "sao"),
    ("South Sudanese", "south-sudan"),
    ("Sudanese", "sudan"),
    ("Emirati", "united-arab-emirates"),
    ("EU", "european-union"),
    ("who", "who"),
    ("WHO", "world-health-organization"),
    ("Burmese", "myanmar"),
)


@pytest.mark.parametrize(("text", "names"), READ)
def test_the_names_of_a_sentence_are_read(text: str, names: list[str]) -> None:
    assert [name.text for name in read_names(text)] == names


@pytest.mark.parametrize(("word", "key"), FOLDED)
def test_a_word_folds_to_the_form_in_which_names_compare(word: str, key: str) -> None:
    assert fold(word) == key


def test_a_name_carries_its_place_and_its_folded_words() -> None:
    (name,) = read_names("It met the Institute for the Study of War.")
    assert (name.start, name.end, name.words) == (11, 41, ("institute", "study", "war"))


def test_a_context_shows_that_a_first_word_is_a_name() -> None:
    assert read_names("Target will close nine stores.") == ()
    (name,) = read_names(
        "Target will close nine stores.", context="Shoppers like the chain Target very much."
    )
    assert name.text == "Target"


def test_a_context_shows_that_a_first_word_is_ordinary() -> None:
    assert [n.text for n in read_names("Squibbles fell.")] == ["Squibbles"]
    assert read_names("Squibbles fell.", context="He found some squibbles.") == ()


def test_a_capital_stands_for_its_country_for_ranking_only() -> None:
    assert metonyms("Moscow") == {"russia"}
    assert metonyms("the Kremlin") == {"russia"}
    assert {"kyiv", "kiev"} <= metonyms("Ukraine")
    assert metonyms("Brindale") == frozenset()
    assert fold("Moscow") == "moscow"


def test_korea_may_stand_for_either_korea_and_sudan_for_sudan_alone() -> None:
    assert shortens("korea") == {"north-korea", "south-korea"}
    assert shortens("sudan") == frozenset()


def test_each_country_is_found_under_its_own_key() -> None:
    for name in ("France", "Côte d'Ivoire", "Saint Lucia", "Timor-Leste", "Eswatini"):
        country = country_named(name)
        assert country is not None
        assert country_of(country.key) is country


@given(st.text(alphabet=string.ascii_letters + " .,’'-“”\n éß0123\u200b", max_size=120))
def test_names_lie_in_order_inside_the_text_and_have_words(text: str) -> None:
    end = 0
    for name in read_names(text):
        assert end <= name.start < name.end <= len(text)
        assert text[name.start : name.end] == name.text
        assert name.words
        assert all(name.words)
        end = name.end


@given(st.text(max_size=80))
def test_folding_is_blind_to_case_marks_and_never_fails(text: str) -> None:
    assert " ".join(folded(text)) == fold(text)


LINES = (
    "Police in Kelby said that Amara Lund had left.", "Lund spoke to the Kelby Courier.", "The police chief, Mr Lund, agreed.",
    "NORRBY — Rescuers searched the rubble.", "Officials from North Korea and the U.S. met on Monday.",
    "\"Baby, I love you,\" sang the choir of St. Olaf’s.", "Covid-19 cases rose in the United Kingdom.",
    "Market day in Kelby drew a crowd.", "The market opened late; 'Market Hall' was shut.", "", "Café Élan served élan.",
)


@given(st.lists(st.sampled_from(LINES), max_size=6), st.sampled_from(("\n", "\r\n", "\n\n", " ")))
def test_a_long_text_read_key_by_key_has_the_names_of_the_whole(lines: list[str], between: str) -> None:
    text = between.join(lines)
    first: dict[str, int] = {}
    for name in read_names(text):
        for key in name.words:
            first.setdefault(key, name.start)
    read = NamedIn(text)
    keys = {*first, "kelby", "lund", "police", "market", "north-korea", "united-states", "19", "brandt"}
    assert {key: read.first(key) for key in keys} == {key: first.get(key) for key in keys}
    assert set(read.words()) == set(first)
    assert all(may_hold(text, key) for key in first)
