"""Rapid assessment (kaji cepat): what was counted, by whom, how, and which number is the official one."""
