"""Article to passages that answer a question: chunk, embed, index, retrieve."""
