"""An invented event as a small archive: four accounts that differ, a reprint, a teaser, a revised toll, a denial."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ARTICLES: Final[dict[str, str]] = {
    "01-valley-herald.txt": """\
Valley Herald

Landslide cuts off Brenmoor after a week of rain

By Nora Feld
4 May 2026

BRENMOOR, 4 May 2026 (Valley Herald) – A landslide buried the only road into Brenmoor early on Monday, after eight \
days of rain.

About 340 residents were evacuated on Monday morning, the district council said. They spent the night in the school \
of the next village, Ostling.

Four people were killed, police said on Monday afternoon.

The slide came down from the Karrenberg, a slope that geologists have watched since 2019. It was 60 metres wide.

“We heard a noise like a train and ran,” said Pia Lenz, who keeps the village shop.
""",
    "02-mountain-post.txt": """\
Mountain Post

Brenmoor: mayor praises helpers after landslide

By Jonas Adler
5 May 2026

Mayor Ilse Brandt thanked the fire brigades of six villages on Tuesday.

Some 280 residents were evacuated from Brenmoor after the landslide, Brandt said. All of them have found beds.

The mining company Tauris denied that its blasting had caused the landslide. “We have not blasted since March,” its \
spokesman, Karl Weiss, said.
""",
    "03-hill-online.txt": """\
World

Landslide cuts off Brenmoor after a week of rain

Share on Facebook
Share on X

A landslide buried the only road into Brenmoor early on Monday, after eight days of rain.

About 340 residents were evacuated on Monday morning, the district council said. They spent the night in the school \
of the next village, Ostling.

Four people were killed, police said on Monday afternoon.

The slide came down from the Karrenberg, a slope that geologists have watched since 2019. It was 60 metres wide.

“We heard a noise like a train and ran,” said Pia Lenz, who keeps the village shop.

This article first appeared on Valley Herald

You May Also Like

World

Some 9,000 residents were evacuated from Brenmoor after a landslide in the winter of 1987, when the dam above the...

Money

Tauris is to cut 450 jobs at its two quarries by the end of the year. The company said...

Copyright © 2026 Hill Online. All rights reserved.
""",
    "04-valley-herald-thursday.md": """\
---
title: Brenmoor counts its dead
publisher: Valley Herald
published: 2026-05-07
---

# Brenmoor counts its dead

Seven people have been killed by the Brenmoor landslide, police said on Thursday, up from an earlier count of four. \
Divers found the last of the dead in the lake.

Damage to houses and roads comes to 12 million euros, the insurers' association estimates.

The road to Ostling opened again on Thursday for buses and ambulances.
""",
    "05-lake-radio.txt": """\
Lake Radio

Avalanche above Silberjoch

3 February 2026

An avalanche above Silberjoch left 3 skiers killed and 12 injured on Monday, the rescue service said.

Nobody had closed the slope, although the warning level was four.
""",
}


def write_articles(folder: Path, *names: str) -> Path:
    """The articles, or those named, as files of a new folder."""
    folder.mkdir(parents=True)
    for name in names or ARTICLES:
        (folder / name).write_text(ARTICLES[name], "utf-8")
    return folder
