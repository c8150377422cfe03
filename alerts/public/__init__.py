"""What everybody may know: alerts to the public as CAP, clarifications, which posts and shelters are open."""
