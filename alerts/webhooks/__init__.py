"""Messages that come in from outside: reports, answers to alerts, and words to the reporter."""
