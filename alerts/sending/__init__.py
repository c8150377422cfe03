"""The process that speaks to the outside: takes due rows, gives them to channels, writes down what became of them."""
