"""The claims behind an answer that the model wrote, read from the quotes that its statements cite.

The model may be wrong about what a figure counts, and may leave out, or be led to leave out, what contradicts it: so
its answer is read as any other text.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.answers.assemble import Assembly
from service.answers.evidence import Line
from service.answers.figures.claims import Position, merged, rivals, stated_only, superseding
from service.answers.figures.matching import positions
from service.answers.figures.mentions import FIT, Mention
from service.answers.figures.quantities import read_quantities
from service.answers.likeness import Likeness
from service.answers.question import Question
from service.language.figures import read_figures
from service.language.thesaurus import near

_ALIKE = 0.6


async def claims_told(question: Question, read: Sequence[Line], assembly: Assembly,
                      likeness: Likeness) -> list[Position]:
    """The claims of the quotes as far as the statements give them, and those of other lines that contradict them.

    `read` are all lines that the model was given or that were found. Raises EmbedderError.
    """
    quoted = [line for line in read if assembly.covering(line.quote) is not None]
    mentions = await read_quantities(question, quoted, likeness)
    told = stated_only(positions(question, mentions), assembly.text)
    if not told:
        return _answered(mentions, assembly.text)
    everything = positions(question, await read_quantities(question, read, likeness))
    return [*told, *rivals(everything, told)]


def _answered(mentions: Sequence[Mention], text: str) -> list[Position]:
    """The claims where no figure of the quotes fits the question by itself: what the statements answer it with.

    The best figure that they give, and those of the same kind and thing in other sentences.
    """
    given = {(figure.low, figure.high) for figure in read_figures(text)} - {(None, None)}
    stated = [m for m in mentions if (m.figure.low, m.figure.high) in given and m.score >= FIT.likely]
    best: dict[tuple[str, int], Mention] = {}
    for mention in stated:
        if _alike(mention, stated[0]):
            best.setdefault((mention.line.source.file_id, mention.line.start), mention)
    return superseding(merged(list(best.values())))


def _alike(first: Mention, second: Mention) -> bool:
    """Whether two figures count the same thing in the same unit."""
    if (first.figure.kind, first.figure.unit) != (second.figure.kind, second.figure.unit):
        return False
    one, other = first.thing[-1:], second.thing[-1:]
    return one == other or (bool(one and other) and near(one[0], other[0]) >= _ALIKE)
