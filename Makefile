# Two commands are all a newcomer needs: `make run` and `make test`. What they do stands in setup.sh.
.PHONY: run test bench lint format coverage

run: ## serve 乡审 with demo data on http://127.0.0.1:8000
	@bash setup.sh run

test: ## every check there is, on SQLite, on PostgreSQL and in a real browser
	@bash setup.sh test

bench: ## what the budgets say, measured here: one JSON object a line
	@bash setup.sh bench

lint: ## the checks that need no database
	@bash setup.sh lint

format: ## write the code the way the formatter reads it
	@bash setup.sh format

coverage: ## which lines and branches no test reaches
	@bash setup.sh coverage
