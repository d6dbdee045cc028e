"""Holds what an NPC says to what it knows, sentence by sentence.

What is checked: numbers, names, times, things for sale and whether there are any left, denials of facts and of rules,
and words that stand where a fact has another. What is not: opinions, jokes, feelings, and inventions without any of
these.
"""
