"""Made-up news sentences, each with faithful statements about it: the paraphrases that the gates must let
through.
"""

from __future__ import annotations

PARAPHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Velmark has sent about 12,000 soldiers to Tarsia, according to Ostran officials and Western "
        "intelligence reports.",
        (
            "About 12,000 Velmark soldiers were sent to Tarsia, according to Ostran officials.",
            "Ostran officials say Velmark sent about 12,000 soldiers to Tarsia.",
            "Velmark has dispatched roughly 12,000 troops to Tarsia, Ostran officials and Western "
            "intelligence "
            "said.",
            "According to Western intelligence reports, around 12,000 soldiers were sent to Tarsia by "
            "Velmark.",
        ),
    ),
    (
        "Heavy rain flooded more than 3,000 homes in Brindale on Monday night, the county said.",
        (
            "More than 3,000 homes in Brindale were flooded on Monday night, according to the county.",
            "The county said heavy rain flooded over 3,000 homes in Brindale.",
            "Over 3,000 homes were flooded in Brindale on Monday, the county said.",
        ),
    ),
    (
        "The central bank raised its main interest rate by 0.25 percentage points to 4.5 percent on "
        "Thursday.",
        (
            "The central bank raised its main interest rate to 4.5 percent on Thursday.",
            "The main interest rate was raised to 4.5% by the central bank.",
            "On Thursday the central bank increased its main rate by 0.25 percentage points.",
        ),
    ),
    (
        "At least 14 people were killed and 60 injured when two trains collided near the port of Selka, "
        "police said.",
        (
            "At least 14 people were killed when two trains collided near the port of Selka, police said.",
            "Police said two trains collided near Selka, killing at least 14 people.",
            "At least 14 people died and 60 were hurt in the collision of two trains near Selka, according "
            "to "
            "police.",
        ),
    ),
    (
        "Mayor Ilse Brandt told the Harbour Gazette that the bridge would not reopen before the spring.",
        (
            "The bridge will not reopen before the spring, Mayor Ilse Brandt told the Harbour Gazette.",
            "Mayor Ilse Brandt said the bridge would not reopen before the spring.",
            "Ilse Brandt told the Harbour Gazette the bridge would not be reopened before spring.",
        ),
    ),
    (
        "The company denied that it had dumped waste in the river, and said that it would sue the newspaper.",
        (
            "The company denied having dumped waste in the river.",
            "The company denied dumping waste in the river.",
            "The company said it would sue the newspaper.",
        ),
    ),
    (
        "The new vaccine may reduce the risk of severe illness in older adults, researchers at Lund "
        "University reported.",
        (
            "The new vaccine could reduce the risk of severe illness in older adults, according to "
            "researchers at Lund "
            "University.",
            "Researchers at Lund University reported that the vaccine may reduce the risk of severe illness.",
            "Lund University researchers say the vaccine might lower the risk of severe illness in older "
            "adults.",
        ),
    ),
    (
        "Apple will invest $3.5 billion in a new data centre in Denmark, the Danish government announced "
        "on 4 March 2025.",
        (
            "Apple will invest $3.5 billion in a new Danish data centre, Denmark's government announced.",
            "The Danish government announced on 4 March 2025 that Apple will invest $3.5bn in a data "
            "centre in Denmark.",
            "Apple is to invest $3.5 billion in a data centre in Denmark, according to the Danish "
            "government.",
        ),
    ),
    (
        "Striker Luca Moretti scored twice as Torino beat Lecce 3-1 on Saturday.",
        (
            "Luca Moretti scored twice when Torino beat Lecce on Saturday.",
            "Torino beat Lecce 3-1 on Saturday.",
            "Lecce were beaten 3-1 by Torino on Saturday.",
        ),
    ),
    (
        "Up to 40,000 people attended the concert in Riga, the organisers estimated.",
        (
            "Up to 40,000 people attended the concert in Riga, organisers estimated.",
            "The organisers put attendance at the Riga concert at up to 40,000 people.",
            "According to the organisers' estimate, as many as 40,000 people attended the Riga concert.",
        ),
    ),
    (
        "Ambassador Petra Nowak, who was Poland’s first envoy to the islands in 2004, said the treaty had "
        "never been signed.",
        (
            "Petra Nowak was Poland's first envoy to the islands in 2004.",
            "The treaty was never signed, Ambassador Petra Nowak said.",
            "Petra Nowak said that the treaty had never been signed.",
        ),
    ),
    (
        "The volcano has reportedly forced thousands of villagers from their homes on the island of Mara.",
        (
            "Thousands of villagers on the island of Mara have reportedly been forced from their homes by "
            "the volcano.",
            "The volcano reportedly forced thousands of villagers from their homes.",
            "Reportedly, thousands of villagers on Mara were forced from home by the volcano.",
        ),
    ),
    (
        "In January the court rejected an appeal by the former minister Andrei Popa, who is serving six "
        "years for bribery.",
        (
            "An appeal by the former minister Andrei Popa was rejected by the court in January.",
            "Andrei Popa is serving six years for bribery.",
            "The court rejected Andrei Popa's appeal in January.",
        ),
    ),
    (
        "Norway exported 1.2 million tonnes of salmon last year, 4 percent less than in 2023.",
        (
            "Norway exported 1.2 million tonnes of salmon last year.",
            "Last year 1.2 million tonnes of salmon were exported by Norway, 4% less than in 2023.",
            "Norwegian salmon exports last year came to 1.2 million tonnes.",
        ),
    ),
    (
        "“We had no warning at all,” said Hanna Lindqvist, a teacher who lives beside the dam.",
        (
            "Hanna Lindqvist, a teacher who lives beside the dam, said there had been no warning at all.",
            "Hanna Lindqvist said: “We had no warning at all.”",
            "Hanna Lindqvist is a teacher who lives beside the dam.",
        ),
    ),
    (
        "The strike at the Dover ferry terminal ended on Sunday after the union accepted a pay rise of 6 "
        "percent.",
        (
            "The strike at the Dover ferry terminal ended on Sunday.",
            "The union accepted a 6% pay rise.",
            "The Dover ferry terminal strike ended after the union accepted a pay rise of 6 percent.",
        ),
    ),
    (
        "Kenya and Uganda signed a defence pact in Nairobi in June 2024 that obliges each to help the "
        "other if attacked.",
        (
            "Kenya and Uganda signed a defence pact in June 2024.",
            "A defence pact between Kenya and Uganda was signed in Nairobi in June 2024.",
            "Under a pact signed in June 2024, Kenya and Uganda must help each other if attacked.",
        ),
    ),
    (
        "The museum’s director, Odile Fabre, confirmed that the stolen painting had been found in a garage "
        "in Lyon.",
        (
            "The stolen painting was found in a garage in Lyon, museum director Odile Fabre confirmed.",
            "Odile Fabre, the museum's director, said the stolen painting had been found in a Lyon garage.",
            "Odile Fabre confirmed the painting had been found in a garage in Lyon.",
        ),
    ),
    (
        "Some 900 firefighters fought the blaze near Alcoba, which destroyed 120 houses and injured 15 "
        "people.",
        (
            "The blaze near Alcoba destroyed 120 houses and injured 15 people.",
            "About 900 firefighters fought the blaze near Alcoba.",
            "120 houses were destroyed by the fire near Alcoba, which some 900 firefighters fought.",
            "Fifteen people were injured in the blaze near Alcoba.",
        ),
    ),
    (
        "The treatment was free of charge for the soldiers, Doctor Amira Saleh said in an interview with "
        "Radio Cairo.",
        (
            "The soldiers were treated free of charge, Amira Saleh said.",
            "Amira Saleh told Radio Cairo that the treatment was free for the soldiers.",
            "Amira Saleh spoke in an interview with Radio Cairo.",
            "The soldiers paid nothing for the treatment, Doctor Amira Saleh said.",
        ),
    ),
    (
        "Scientists aboard the Aurora discovered a new species of squid at a depth of 2,400 metres in the "
        "Arctic Ocean.",
        (
            "A new species of squid was discovered in the Arctic Ocean by scientists aboard the Aurora.",
            "Scientists aboard the Aurora found a new squid species at a depth of 2,400 metres.",
            "The new squid species was discovered 2,400 metres deep in the Arctic Ocean.",
        ),
    ),
    (
        "Parliament voted 212 to 198 on Wednesday to lower the voting age to 16.",
        (
            "Parliament voted to lower the voting age to 16 on Wednesday.",
            "On Wednesday parliament voted 212 to 198 to lower the voting age to 16.",
        ),
    ),
    (
        "Airline KestrelAir plans to cut 1,500 jobs by the end of 2026 because of high fuel prices.",
        (
            "KestrelAir plans to cut 1,500 jobs by the end of 2026.",
            "The airline KestrelAir intends to cut 1,500 jobs because of high fuel prices.",
            "High fuel prices are why KestrelAir plans to cut 1,500 jobs.",
        ),
    ),
    (
        "Velmark has nursed hundreds of Tarsian sailors hurt at sea, Tarsia’s envoy to Velmark told state radio, "
        "as he opened a hospital.",
        (
            "Velmark has nursed hundreds of Tarsian sailors, Tarsia's envoy told state radio.",
            "Hundreds of Tarsian sailors hurt at sea have been nursed in Velmark, according to Tarsia's envoy.",
            "Tarsia's envoy to Velmark said Velmark had nursed hundreds of sailors hurt at sea.",
        ),
    ),
    (
        "Up to 9,000 soldiers were sent to the Selka region last autumn, where they aided Ostran forces.",
        (
            "Up to 9,000 soldiers were sent to the Selka region last autumn.",
            "As many as 9,000 troops were sent to the Selka region last fall.",
            "Up to nine thousand soldiers were sent to Selka, where they helped Ostran forces.",
        ),
    ),
    (
        "Winge denied that fees would double, and added that the company bought a mill in Holm last year.",
        (
            "Winge denied that fees would double.",
            "Fees would not double, Winge said.",
        ),
    ),
    (
        "The flood left 14 people dead and 31 injured, according to the county’s final list.",
        (
            "14 people died in the flood, according to the county's final list.",
            "According to the county's final list, the flood left 14 people dead and 31 injured.",
            "The county's final list says 31 people were injured in the flood.",
        ),
    ),
    (
        "There are allegations from the tax office that Halvard Oil is hiding profits abroad.",
        (
            "The tax office alleges that Halvard Oil is hiding profits abroad.",
            "Halvard Oil is hiding profits abroad, the tax office alleges.",
        ),
    ),
    (
        "The suspect, a 34-year-old man from Porto, was arrested at the airport shortly before midnight.",
        (
            "The suspect was arrested at the airport shortly before midnight.",
            "A 34-year-old man from Porto was arrested at the airport.",
            "The suspect is a 34-year-old man from Porto.",
        ),
    ),
)
