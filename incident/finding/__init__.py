"""Finding: whatever was recorded is found again by its number, its words, its names or a part of its phone number."""
