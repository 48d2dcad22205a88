//! The memory of the processes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Report, Resident, line};
use crate::speed::goals;
use crate::speed::logins::{AT_A_TIME, LOGINS};

/// The moments of measuring.
const MOMENTS: [&str; 3] = ["at first", "after load", "after logins"];

pub(super) fn write(text: &mut String, report: &Report<'_>) {
    line(
        text,
        &format!("\nResident MiB; the sign-ins are {LOGINS}, {AT_A_TIME} at a time.\n"),
    );
    let names = MOMENTS.map(|moment| format!("{moment:>14}")).concat();
    line(text, &format!("  {:<46}{names}", ""));
    for (index, target) in report.targets.iter().enumerate() {
        let moments = report.resident.each_ref().map(|all| &all[index]);
        let in_all = moments.map(sum);
        write_row(text, &format!("  {}", target.way.name()), in_all);
        if let Some(goal) = goals::memory(target.way) {
            line(text, &format!("      {}", goal.describe(in_all[2], "MiB")));
        }
        if moments[0].len() > 1 {
            for (process, (name, _)) in moments[0].iter().enumerate() {
                let figures = moments.map(|resident| resident[process].1);
                write_row(text, &format!("    {name}"), figures);
            }
        }
    }
    for (way, refused) in report.refused.iter().filter(|(_, refused)| *refused > 0) {
        let name = way.name();
        line(
            text,
            &format!("  {name} refused {refused} of the sign-ins."),
        );
    }
}

pub(super) fn json(report: &Report<'_>) -> Value {
    let of_target = |index: usize| -> BTreeMap<_, _> {
        let moments = MOMENTS.into_iter().zip(&report.resident);
        moments
            .map(|(moment, all)| (moment, processes(&all[index])))
            .collect()
    };
    let targets = report.targets.iter().enumerate();
    let targets = targets.map(|(index, target)| (target.way.name(), of_target(index)));
    json!(targets.collect::<BTreeMap<_, _>>())
}

fn write_row(text: &mut String, name: &str, figures: [f64; 3]) {
    let figures = figures.map(|figure| format!("{figure:>14.1}")).concat();
    line(text, &format!("  {name:<46}{figures}"));
}

fn sum(resident: &Resident) -> f64 {
    resident.iter().map(|(_, mebibytes)| mebibytes).sum()
}

fn processes(resident: &Resident) -> BTreeMap<&'static str, f64> {
    resident.iter().copied().collect()
}
