"""LitServe's client. The deadline is the server's setting `timeout`: LitServe takes none from a request."""

from play import main
from posting import posting
from workload import REQUEST

if __name__ == "__main__":
    body = b'"' + b"0" * (len(REQUEST) - 2) + b'"'  # as many bytes, in the form LitServe reads: JSON
    main(posting(body, "application/json"))
