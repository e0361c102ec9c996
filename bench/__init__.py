"""What Plantain costs in time, bytes, calls and money, measured on what `make build` has built."""
