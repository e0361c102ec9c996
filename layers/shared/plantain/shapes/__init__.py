"""What the API and the events answer, as types. They only describe: views make the answers, and
the tests hold each against its type."""
