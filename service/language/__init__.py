"""What plain code knows of English news prose: sentences, words, names, figures, dates."""
