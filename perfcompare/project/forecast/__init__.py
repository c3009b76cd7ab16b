"""The forecast: what is the most that moving to FastAPI could bring?

From the requests of perfcompare.toml, the statements and the answers of the project it makes three applications:

- `forecast` sends the same SQL through asyncpg and returns the recorded body: the bound. No port with this SQL costs
  less.
- `forecast_json` sends it too, with parameters and time limits, makes dicts of the rows, and lets Pydantic validate and
  write the recorded JSON: about what an ordinary port costs.
- `bare` returns the recorded body only: the server and FastAPI alone.

What the bound leaves out: docs/your-project.md.
"""
