"""Where everything is kept: one DynamoDB table. The only package that names pynamodb."""
