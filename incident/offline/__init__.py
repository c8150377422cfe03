"""A browser without its server: the service worker, the key of its outbox, the page it shows when nothing is kept."""
