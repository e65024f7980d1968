"""Sentences as the gates and the choice of lines read them: words, verbs and who does what, without a parser."""
