"""What is made in AWS, and how the Chalice CLI makes it. Not shipped: no function ever imports it."""
