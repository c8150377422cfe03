"""What units at work write into the journal."""

from incident import journal

journal.declare(
    {
        "unit.changed": "A unit's kind, capabilities, agency or base changed.",
        "unit.posted": "A unit without a task stands by at its base, or in the field.",
        "unit.mayday": "A unit calls for help (mayday).",
        "unit.silent": "A unit on scene did not answer two welfare checks: mayday is raised for it.",
        "unit.calmed": "A unit's mayday is over, with the words why.",
        "alarm.raised": "A unit stood in one status longer than its limit without a word, or calls for help.",
        "alarm.acknowledged": "Somebody saw an alarm; it sounds no more.",
        "alarm.ended": "What an alarm was about is over.",
        "welfare.asked": "A unit on scene was asked whether it is safe; again after a miss.",
        "welfare.answered": "A unit said that it is safe, by a button or by voice.",
        "crew.joined": "Somebody joined a unit's crew: the role, never the name.",
        "crew.left": "Somebody left a unit's crew.",
        "duty.planned": "A duty shift of a unit was planned.",
        "duty.struck": "A planned shift was struck out, with a reason.",
        "unit_kind.kept": "A kind of unit was added or changed.",
        "capability.kept": "A capability of units was added or changed.",
    }
)
