//! The answers to more silent authentications than can be answered: how many are good, how fast the good ones and the
//! refusals are, and what memory the frontend takes. Requests come at a steady rate, whether or not earlier ones are
//! answered, as from many browsers. The servers have one processor, the load has another.

mod arrivals;
mod curve;
mod picture;

use std::path::{Path, PathBuf};
use std::time::Duration;

use doorward_e2e::Build;
use serde_json::json;

use crate::arguments::number;
use crate::machine;
use crate::speed::target::Target;
use crate::speed::way::Way;
use curve::Curve;

/// Measures, prints and writes the figures.
pub(crate) async fn measure(arguments: &[String]) {
    let [seconds, json, picture, baseline] = arguments else {
        panic!("tests/tools/bench.sh gives SECONDS FILE PICTURE BASELINE: {arguments:?}");
    };
    let step = Duration::from_secs(number(seconds).into());
    let (json, picture) = (PathBuf::from(json), PathBuf::from(picture));
    let begin = machine::describe();
    let own = Build::own();
    let mut starts = vec![(Way::Six, own.clone()), (Way::One, own)];
    if !baseline.is_empty() {
        let before = Build::at(Path::new(baseline));
        starts.extend([(Way::SixBefore, before.clone()), (Way::OneBefore, before)]);
    }
    let mut curves = Vec::new();
    for (way, build) in starts {
        let target = match way {
            Way::Six | Way::SixBefore => Target::six(way, build).await,
            _ => Target::one(way, build).await,
        };
        let curve = Curve::measure(&target, step).await;
        println!("{}", curve.text());
        curves.push(curve);
    }
    let machine = [begin, machine::describe()];
    println!("Machine: {}; at the end {}.", machine[0], machine[1]);
    let figures: Vec<_> = curves.iter().map(Curve::json).collect();
    let figures = json!({ "machine": machine, "curves": figures });
    std::fs::write(json, figures.to_string()).expect("the file can be written");
    std::fs::write(picture, picture::draw(&curves)).expect("the file can be written");
}
