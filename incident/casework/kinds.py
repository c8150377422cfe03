"""What casework writes into the journal."""

from incident import journal

journal.declare(
    {
        "incident.answered": "The reporter was told how the incident stands (t13).",
        "incident.struck": "A line of the chronology was struck through, with a reason; its words stay readable.",
        "incident.gathered": "Another incident was merged into this one, with a reason; what was its is shown here.",
        "incident.merged": "The incident was merged into another; its address leads there.",
        "incident.split": "A part of the incident became an incident of its own, with a reason.",
        "incident.separated": "The incident came out of another, with some of its calls and units.",
        "incident.restored": "A merge or a split was taken back; each has again what it had.",
        "call.unmasked": "Somebody looked at the number of a caller: who and which call, never the number.",
        "task.added": "A task was written down: what, for which incident, whose, until when.",
        "task.taken": "Somebody took a task on.",
        "task.handed_over": "A task was handed to a person, an agency or a unit.",
        "task.done": "A task was done.",
        "task.dropped": "A task was dropped, with a reason.",
        "task.reopened": "A task that had ended is open again.",
    }
)
