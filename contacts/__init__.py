"""The people: who they are, what they read, how they may be reached.

| room | what it does |
|---|---|
| `models` | the tables; nobody else reads or writes them |
| `addresses` | what people type -> E.164, e-mail, push, or a coded error; pure |
| `languages`, `territories` | BCP 47 and CLDR containment; pure |
| `regions` | own regions, `Scope` |
| `segments`, `conditions` | the grammar of audiences -> a tree -> SQL with parameters |
| `reach` | the only door out: recipients, readers, count, doors |
| `consent` | the only door in from the road: opt-out, opt-in, dead, suppressed |
| `importing` | spreadsheets: read, map, check, stage, apply |
| `exporting` | the same back as a spreadsheet |
| `rights` | show me, correct me, forget me |
| `samples` | invented people |

Importers use the modules; the package itself gives nothing. It imports nothing of the dispatcher.
"""
