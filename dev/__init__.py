"""Running Quoll on one's own machine. Nothing here is shipped to Lambda."""
