// A sheet for paper: its one button prints it.
import "./shell.js";

document.getElementById("print").addEventListener("click", () => print());
