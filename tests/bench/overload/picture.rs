//! The curves as a picture (SVG): good answers above, their p99 below, over the offered requests.

use std::fmt::Write;

use super::curve::{Curve, Point};

const COLORS: [&str; 4] = ["#1f5fbf", "#b3541e", "#9fb8dd", "#ddb59f"];
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 70.0;
/// The highest shown p99, in milliseconds; later answers come after their application has given up.
const SLOWEST: f64 = 1000.0;

type Figure = fn(&Point) -> f64;

/// Draws all curves over one axis.
pub(super) fn draw(curves: &[Curve]) -> String {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let most = points().map(|point| point.offered).fold(1.0, f64::max);
    let best = points().map(|point| point.good).fold(1.0, f64::max) * 1.1;
    let x = |point: &Point| LEFT + point.offered / most * WIDTH;
    let mut body = String::new();
    let panels: [(f64, &str, f64, Figure); 2] = [
        (30.0, "good answers per second", best, |point| point.good),
        (300.0, "p99 of good answers, ms", SLOWEST, |point| point.p99),
    ];
    for (top, title, highest, value) in panels {
        let y = |value: f64| top + HEIGHT - value.min(highest) / highest * HEIGHT;
        frame(&mut body, top, title, highest, most);
        for (curve, color) in curves.iter().zip(COLORS) {
            // The last point is the one after the overload.
            let rising = &curve.points[..curve.points.len() - 1];
            let line: Vec<_> = rising
                .iter()
                .map(|point| format!("{:.1},{:.1}", x(point), y(value(point))))
                .collect();
            let line = line.join(" ");
            add(
                &mut body,
                &format!(
                    r#"<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>"#
                ),
            );
        }
    }
    for (row, (curve, color)) in curves.iter().zip(COLORS).enumerate() {
        let y = 560.0 + 20.0 * f64::from(u8::try_from(row).unwrap_or_default());
        let name = curve.way.name();
        add(
            &mut body,
            &format!(
                r#"<rect x="{LEFT}" y="{:.0}" width="24" height="4" fill="{color}"/><text x="{:.0}" y="{y:.0}">{name}</text>"#,
                y - 6.0,
                LEFT + 32.0
            ),
        );
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 650" font-family="sans-serif" font-size="13" fill="#333">
<rect width="660" height="650" fill="#fff"/>
{body}</svg>
"##
    )
}

fn frame(body: &mut String, top: f64, title: &str, highest: f64, most: f64) {
    let bottom = top + HEIGHT;
    add(
        body,
        &format!(r#"<text x="{LEFT}" y="{:.0}">{title}</text>"#, top - 8.0),
    );
    add(
        body,
        &format!(
            r##"<path d="M{LEFT} {top}V{bottom}H{}" fill="none" stroke="#999"/>"##,
            LEFT + WIDTH
        ),
    );
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (y, x) = (bottom - part * HEIGHT + 4.0, LEFT + part * WIDTH);
        let (value, offered) = (part * highest, part * most);
        add(
            body,
            &format!(
                r#"<text x="{:.0}" y="{y:.0}" text-anchor="end">{value:.0}</text><text x="{x:.0}" y="{:.0}" text-anchor="middle">{offered:.0}</text>"#,
                LEFT - 6.0,
                bottom + 18.0
            ),
        );
    }
    add(
        body,
        &format!(
            r#"<text x="{:.0}" y="{:.0}" text-anchor="end">offered requests per second</text>"#,
            LEFT + WIDTH,
            bottom + 36.0
        ),
    );
}

fn add(body: &mut String, element: &str) {
    writeln!(body, "{element}").expect("text can be written to");
}
