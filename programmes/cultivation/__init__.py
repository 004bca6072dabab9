"""Plans, tasks, progress reports and assessments of the cultivation period."""
