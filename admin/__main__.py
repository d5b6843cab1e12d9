"""``python -m admin GROUP COMMAND …``."""

import sys

from admin.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
