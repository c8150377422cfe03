"""Photographs, voice notes and documents of incidents and calls: checked by content, made anew, never active."""
