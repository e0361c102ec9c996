"""python -m plantain_client"""

from plantain_client.command import main

main()
