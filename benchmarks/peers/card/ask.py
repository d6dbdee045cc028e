"""The client of our own server."""

from fake_device.play import main
from peers.ours.ask import connect

if __name__ == "__main__":
    main(connect)
