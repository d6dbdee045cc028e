"""Mosec's client. The deadline is the server's setting `timeout`: Mosec takes none from a request."""

from play import main
from posting import posting
from workload import REQUEST

if __name__ == "__main__":
    main(posting(REQUEST, "application/octet-stream"))
