"""The facts a plan rests on: where they come from, and the file that keeps them."""
