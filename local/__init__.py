"""The one-machine cloud: the built template on an AWS emulator, beside a provider simulator."""
