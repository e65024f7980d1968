"""Made-up news sentences with statements that they don't prove: each alteration that the gates must stop, by
kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.answers.faithful import PARAPHRASES


class Altered(NamedTuple):
    """An alteration's kind, the sentence cited, and the statement that must not ship."""

    kind: str
    source: str
    statement: str


RAIL = (
    "A goods train derailed outside Holm, leaving 300 passengers stranded and 2,700 homes without power, "
    "the rail operator said."
)
WAR = (
    "Intelligence officers in Morland counted 300 killed and 2,700 wounded among the rebels, a ministry "
    "spokesman said."
)
BANK = "Profits at Nordbank rose 12 percent to €480 million, while its rival Sudbank lost €95 million."
TRADE = "Exports to Canada fell by 8 percent in March, and imports from Mexico rose by 3 percent."
SHIP = "The minister did not say whether the ship had carried weapons, and declined to name its owner."
LEAK = "The regulator found no evidence that the plant had leaked radiation, a report said on Friday."
DENY = (
    "Halvard Oil has denied that its pipeline caused the spill, but villagers say that crude reached "
    "the river."
)
NEITHER = "Tarsia has neither confirmed nor denied the presence of foreign troops on its territory."
NEVER = "The drug was never approved for children, and doctors were told not to prescribe it."
MAY = (
    "The storm may reach the coast of Galvia by Tuesday, forcing up to 50,000 people to leave, "
    "forecasters warned."
)
BELIEVED = "The kidnappers are believed to be holding the engineers in the mountains near the Sarvian border."
PLANS = "Ostran Airlines plans to buy 40 aircraft from Boeing, two people familiar with the talks said."
REPORTEDLY = "The chairman has reportedly offered to resign after the failed merger with Castell Group."
SUGGEST = "Early results suggest that the treatment reduces pain, although the study has not been reviewed."
SAID = "Russia sent 200 tanks to the Belarusian border in May, Lithuanian intelligence said."
CLAIMED = (
    "The rebels claimed that they had shot down a drone over the capital, which the army did not confirm."
)
QUOTED = "“The reservoir is almost empty,” Governor Tomas Reyes told reporters in Caldera on Sunday."
DIRECTION = "North Korea sent artillery shells to Russia in exchange for oil, a South Korean lawmaker said."
OWNER = "Wounded Russian soldiers were treated in North Korean hospitals, the ambassador said."
SENT = (
    "Velmark has sent about 12,000 soldiers to Tarsia, according to Ostran officials, following a pledge of "
    "mutual help that was signed last June."
)
TOLD = (
    "Velmark has nursed hundreds of Tarsian sailors hurt at sea, Tarsia’s envoy to Velmark told state radio, as "
    "he opened a hospital."
)
HURT = "About 4,000 Velmark soldiers have been killed or wounded since March, Ostran intelligence said."
VISIT = "During a visit by Chancellor Ida Holm to Selka in May 2024, the two mayors signed a treaty on water."
ENVOY = "Andrei Popa, Tarsia’s ambassador to Velmark, said Tarsia supplies Velmark with coal and food."
ALLEGED = "There are allegations from the tax office that Halvard Oil is hiding profits abroad."
CULVERT = "The dyke gave way where a culvert had been blocked by fallen trees, engineer Ida Holm said."
TOLL = "The toll of Monday’s flood has risen to 14, the county said on Friday."
LOSS = "Corvane is losing $1.2 million a day to the strike, the company said."
VOTE = "Sixty-one percent voted for the deal. Nobody was fined, and the charges have been dropped."
CLINIC = "Nurses who left the clinic often speak of poor pay and of slightly worse shifts on Sundays."
MATCH = "Sweden beat Finland 4-2 in the final in Prague, and Switzerland took third place."

WRITTEN: tuple[Altered, ...] = tuple(
    Altered(*row)
    for row in (
        (
            "figures swapped",
            WAR,
            "Rebel losses were 2,700 killed and 300 wounded, a ministry spokesman said.",
        ),
        (
            "figures swapped",
            WAR,
            "300 rebels were wounded and 2,700 killed, a ministry spokesman in Morland said.",
        ),
        (
            "figures swapped",
            RAIL,
            "2,700 passengers were stranded by the derailment, the rail operator said.",
        ),
        ("figures swapped", RAIL, "The derailment left 300 homes without power, the rail operator said."),
        ("figures swapped", BANK, "Profits at Nordbank rose to €95 million."),
        ("figures swapped", TRADE, "Exports to Canada fell by 3 percent in March."),
        ("figures swapped", TRADE, "Imports from Mexico rose by 8 percent."),
        ("facts fused", BANK, "Sudbank profits rose 12 percent to €480 million."),
        ("facts fused", BANK, "Nordbank lost €95 million."),
        ("negation dropped", SHIP, "The minister said whether the ship had carried weapons."),
        ("negation dropped", SHIP, "The minister named the ship's owner."),
        (
            "negation dropped",
            LEAK,
            "The regulator found evidence that the plant had leaked radiation, a report said.",
        ),
        ("negation dropped", LEAK, "A report said on Friday that the plant had leaked radiation."),
        ("negation dropped", DENY, "Halvard Oil said that its pipeline caused the spill."),
        ("negation dropped", DENY, "Halvard Oil has confirmed that its pipeline caused the spill."),
        (
            "negation dropped",
            NEITHER,
            "Tarsia has confirmed the presence of foreign troops on its territory.",
        ),
        ("negation dropped", NEITHER, "Tarsia has denied the presence of foreign troops on its territory."),
        ("negation dropped", NEVER, "The drug was approved for children."),
        ("negation dropped", NEVER, "Doctors were told to prescribe the drug."),
        (
            "negation dropped",
            SUGGEST,
            "The study, which suggests that the treatment reduces pain, has been reviewed.",
        ),
        ("negation dropped", CLAIMED, "The army confirmed that a drone had been shot down over the capital."),
        (
            "negation added",
            SAID,
            "Russia did not send 200 tanks to the Belarusian border, Lithuanian intelligence said.",
        ),
        ("negation added", QUOTED, "Governor Tomas Reyes said that the reservoir was not empty."),
        ("negation added", MATCH, "Sweden did not beat Finland in the final in Prague."),
        ("negation added", BANK, "Profits at Nordbank never rose 12 percent to €480 million."),
        ("opposite", BANK, "Profits at Nordbank fell 12 percent to €480 million."),
        ("opposite", TRADE, "Exports to Canada rose by 8 percent in March."),
        ("opposite", TRADE, "Imports to Canada fell by 8 percent in March."),
        ("opposite", MATCH, "Sweden lost to Finland 4-2 in the final in Prague."),
        ("hedge dropped", MAY, "The storm will reach the coast of Galvia by Tuesday, forecasters warned."),
        ("hedge dropped", MAY, "Forecasters warned that the storm had reached the coast of Galvia."),
        (
            "hedge dropped",
            BELIEVED,
            "The kidnappers are holding the engineers in the mountains near the Sarvian border.",
        ),
        (
            "hedge dropped",
            PLANS,
            "Ostran Airlines has bought 40 aircraft from Boeing, two people familiar with the talks said.",
        ),
        (
            "hedge dropped",
            PLANS,
            "Ostran Airlines buys 40 aircraft from Boeing, people familiar with the talks said.",
        ),
        (
            "hedge dropped",
            REPORTEDLY,
            "The chairman has offered to resign after the failed merger with Castell Group.",
        ),
        ("hedge dropped", REPORTEDLY, "The chairman offered to resign after the failed merger."),
        ("hedge dropped", SUGGEST, "The treatment reduces pain."),
        ("hedge dropped", SUGGEST, "Early results show that the treatment reduces pain."),
        ("attribution dropped", SAID, "Russia sent 200 tanks to the Belarusian border in May."),
        ("attribution dropped", WAR, "300 rebels were killed and 2,700 wounded."),
        (
            "attribution dropped",
            RAIL,
            "A goods train derailed outside Holm, leaving 300 passengers stranded.",
        ),
        ("attribution dropped", QUOTED, "The reservoir is almost empty."),
        ("attribution dropped", CLAIMED, "The rebels shot down a drone over the capital."),
        (
            "attribution dropped",
            DIRECTION,
            "North Korea sent artillery shells to Russia in exchange for oil.",
        ),
        ("attribution dropped", OWNER, "Wounded Russian soldiers were treated in North Korean hospitals."),
        ("attribution dropped", PLANS, "Ostran Airlines plans to buy 40 aircraft from Boeing."),
        ("speaker swapped", SAID, "Russia said that it sent 200 tanks to the Belarusian border in May."),
        (
            "speaker swapped",
            DIRECTION,
            "Russia said that North Korea sent it artillery shells in exchange for oil.",
        ),
        (
            "speaker swapped",
            CLAIMED,
            "The army claimed that the rebels had shot down a drone over the capital.",
        ),
        ("speaker swapped", MATCH, "Sweden claimed that it beat Finland 4-2 in the final in Prague."),
        (
            "roles swapped",
            DIRECTION,
            "Russia sent artillery shells to North Korea, a South Korean lawmaker said.",
        ),
        (
            "roles swapped",
            DIRECTION,
            "Artillery shells were sent to North Korea by Russia, a South Korean lawmaker said.",
        ),
        (
            "roles swapped",
            OWNER,
            "Wounded North Korean soldiers were treated in Russian hospitals, the ambassador said.",
        ),
        ("roles swapped", MATCH, "Finland beat Sweden 4-2 in the final in Prague."),
        ("roles swapped", MATCH, "Sweden were beaten by Finland in the final in Prague."),
        ("qualifier", MAY, "Forecasters warned that the storm may force 50,000 people to leave."),
        ("qualifier", MAY, "Forecasters warned that the storm may force about 50,000 people to leave."),
        ("qualifier", MAY, "Forecasters warned that the storm may force more than 50,000 people to leave."),
        ("unit", BANK, "Profits at Nordbank rose to $480 million."),
        ("unit", BANK, "Profits at Nordbank rose 12 percentage points."),
        (
            "unit",
            MAY,
            "Forecasters warned that the storm may force up to 50,000 tourists to leave the coast of Galvia.",
        ),
        (
            "unit",
            PLANS,
            "Ostran Airlines plans to buy 40 engines from Boeing, two people familiar with the talks said.",
        ),
        ("word swapped", SENT, "Velmark has sold about 12,000 soldiers to Tarsia, according to Ostran officials."),
        ("word swapped", SENT, "Velmark has lost about 12,000 soldiers in Tarsia, according to Ostran officials."),
        ("word swapped", TOLD, "Velmark has captured hundreds of Tarsian sailors, Tarsia's envoy told state radio."),
        ("word swapped", ENVOY, "Tarsia supplies Velmark with oil and food, Andrei Popa said."),
        ("word swapped", CULVERT, "The dyke gave way where a culvert had been blocked by stones, Ida Holm said."),
        ("word swapped", CLINIC, "Nurses who left the clinic rarely speak of poor pay."),
        ("word swapped", CLINIC, "Doctors who left the clinic often speak of poor pay."),
        ("word swapped", VISIT, "The two mayors cancelled a treaty on water in May 2024."),
        ("unit", TOLD, "Velmark has nursed hundreds of Tarsian pilots hurt at sea, Tarsia's envoy told state radio."),
        ("quantity added", CLINIC, "All nurses who left the clinic speak of poor pay."),
        ("quantity added", SENT, "Velmark has sent only about 12,000 soldiers to Tarsia, according to Ostran officials."),
        ("quantity added", CLINIC, "Nurses who left the clinic speak of much worse shifts on Sundays."),
        ("qualifier", SENT, "Velmark has sent nearly 12,000 soldiers to Tarsia, according to Ostran officials."),
        ("qualifier", SENT, "Velmark has sent another 12,000 soldiers to Tarsia, according to Ostran officials."),
        ("rate", SENT, "Velmark has sent about 12,000 soldiers a month to Tarsia, according to Ostran officials."),
        ("rate", LOSS, "Corvane has lost $1.2 million to the strike, the company said."),
        ("step", TOLL, "The toll of Monday's flood has risen by 14, the county said on Friday."),
        ("date", TOLL, "The toll of Friday's flood has risen to 14, the county said on Monday."),
        ("date", HURT, "About 4,000 Velmark soldiers have been killed or wounded by March, Ostran intelligence said."),
        ("date", SENT, "A pledge of mutual help was signed this June, Ostran officials said."),
        ("part of a choice", HURT, "About 4,000 Velmark soldiers have been killed since March, Ostran intelligence said."),
        ("part of a choice", HURT, "About 4,000 Velmark soldiers have been wounded, Ostran intelligence said."),
        ("part of a choice", HURT, "About 4,000 Velmark soldiers have been killed and wounded, Ostran intelligence said."),
        ("attribution dropped", TOLD, "Velmark has nursed hundreds of Tarsian sailors hurt at sea."),
        ("attribution dropped", ALLEGED, "Halvard Oil is hiding profits abroad."),
        ("attribution dropped", CLINIC, "The clinic has poor pay and worse shifts on Sundays."),
        ("speaker swapped", ALLEGED, "Halvard Oil alleges that the tax office is hiding profits abroad."),
        ("speaker swapped", ENVOY, "Velmark said Tarsia supplies it with coal and food."),
        ("roles swapped", SENT, "About 12,000 soldiers were sent from Tarsia to Velmark, according to Ostran officials."),
        ("roles swapped", SENT, "About 12,000 Tarsian soldiers were sent to Velmark, according to Ostran officials."),
        ("roles swapped", ENVOY, "Andrei Popa, Velmark's ambassador to Tarsia, said Tarsia supplies Velmark with coal."),
        ("negation added", VOTE, "The charges have not been dropped."),
        ("opposite", VOTE, "Sixty-one percent voted against the deal."),
        ("foretold", SENT, "Velmark will send about 12,000 soldiers to Tarsia, according to Ostran officials."),
        ("cause added", TOLL, "The toll has risen to 14 because the flood came on Monday, the county said on Friday."),
        (
            "says more",
            SAID,
            "Russia sent 200 tanks to the Belarusian border to prepare an invasion of the "
            "Baltic states, "
            "Lithuanian intelligence said.",
        ),
        (
            "says more",
            QUOTED,
            "Governor Tomas Reyes announced strict water rationing for farms and hotels on Sunday.",
        ),
        (
            "says more",
            MATCH,
            "Sweden won a record twelfth championship thanks to a brilliant young goalkeeper.",
        ),
    )
)

_UNITS = {
    "soldiers": "refugees",
    "troops": "refugees",
    "homes": "schools",
    "people": "vehicles",
    "houses": "hospitals",
    "firefighters": "residents",
    "jobs": "flights",
    "tonnes": "barrels",
    "villagers": "tourists",
    "metres": "miles",
    "percent": "percentage points",
    "%": " percentage points",
}
_SCALES = {"million": "billion", "billion": "million", "thousands": "hundreds", "bn": "m"}
_NAMES = {
    "Velmark": "Sardania",
    "Tarsia": "Ruvenia",
    "Ostran": "Kelvian",
    "Brindale": "Oakham",
    "Selka": "Varna",
    "Ilse": "Ingrid",
    "Brandt": "Brunner",
    "Lund": "Ghent",
    "Apple": "Google",
    "Denmark": "Sweden",
    "Danish": "Swedish",
    "Luca": "Marco",
    "Torino": "Verona",
    "Lecce": "Parma",
    "Riga": "Tallinn",
    "Petra": "Paula",
    "Nowak": "Kowal",
    "Mara": "Lora",
    "Popa": "Ionescu",
    "Norway": "Iceland",
    "Norwegian": "Icelandic",
    "Lindqvist": "Lindgren",
    "Dover": "Calais",
    "Kenya": "Rwanda",
    "Uganda": "Zambia",
    "Odile": "Camille",
    "Lyon": "Nantes",
    "Alcoba": "Almeria",
    "Amira": "Leila",
    "Aurora": "Polaris",
    "KestrelAir": "FalconAir",
    "Porto": "Faro",
    "Arctic": "Pacific",
    "Poland": "Slovakia",
}
_DATES = {
    "Monday": "Thursday",
    "Thursday": "Friday",
    "Saturday": "Sunday",
    "Sunday": "Tuesday",
    "Wednesday": "Monday",
    "4 March 2025": "5 March 2025",
    "June 2024": "July 2024",
    "January": "February",
    "2004": "2014",
    "2023": "2021",
    "2026": "2027",
    "last year": "in 2024",
    "on Thursday": "on Thursday 6 March",
}


def made() -> Iterator[Altered]:
    """Faithful statements with one digit, unit, scale word, name or date put wrong."""
    for source, statements in PARAPHRASES:
        for statement in (source, *statements):
            for match in re.finditer(r"\d", statement):
                digit = "1" if match[0] != "1" else "7"
                yield Altered("digit", source, statement[: match.start()] + digit + statement[match.end() :])
            for kind, table in (("unit", _UNITS), ("scale", _SCALES), ("name", _NAMES), ("date", _DATES)):
                for word, other in table.items():
                    edge = r"\b" if word[0].isalpha() else ""
                    if kind != "unit" or re.search(rf"\d[\d,.]*\s?{edge}{word}", statement):
                        changed = re.sub(rf"{edge}{re.escape(word)}{edge}", other, statement)
                        if changed != statement:
                            yield Altered(kind, source, changed)
