//! The main job: a recorded caller reports a lost card and gets a new one. The
//! whole of it runs, models and HTTP service included, on a clock that stands
//! still while they work.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn turns(report: &Value) -> Vec<&Value> {
    report["turns"].as_array().unwrap().iter().collect()
}

#[test]
fn the_lost_card_call_completes() {
    let bank = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bank");
    let folder = std::env::temp_dir().join(format!("hearsay-lost-card-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (out, report) = (folder.join("both.wav"), folder.join("report.json"));
    let output = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .arg("call")
        .arg(bank.join("agent.yaml"))
        .arg("--audio")
        .arg(bank.join("lost-card.wav"))
        .arg("--out")
        .arg(&out)
        .arg("--report")
        .arg(&report)
        .arg("--fast")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let both = hearsay_audio::wav::read(&std::fs::read(&out).unwrap()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();

    assert_eq!(report["ended"], "completed", "{said}");
    let turns = turns(&report);
    let first = turns.iter().find(|turn| turn["speaker"] == "caller").unwrap();
    assert_eq!(first["intent"], "lost_card", "{said}");
    let handoffs: Vec<&Value> =
        turns.iter().filter_map(|turn| turn["handoffs"].as_array()).flatten().collect();
    assert_eq!(handoffs[0]["to"], "security");
    assert_eq!(handoffs[0]["context"]["context"]["verified"], false, "{}", handoffs[0]);
    let tools: Vec<&Value> =
        turns.iter().filter_map(|turn| turn["tools"].as_array()).flatten().collect();
    let asked: Vec<&str> = tools.iter().map(|tool| tool["tool"].as_str().unwrap()).collect();
    assert_eq!(asked, ["verify_code", "lock_card", "issue_replacement_card"], "{said}");
    assert_eq!(tools[2]["outcome"]["status"], "success");
    let last = turns.last().unwrap();
    assert!(last["text"].as_str().unwrap().ends_with("Goodbye."), "the goodbye was played: {said}");
    assert!(turns.iter().any(|turn| turn["latency"]["total"].as_f64().is_some_and(|ms| ms > 0.0)));

    // Both sides are in the recording, and the agent speaks for much of it.
    assert_eq!((both.channels, both.rate_hz), (2, 8000));
    for channel in [0, 1] {
        let loud = both.channel(channel).unwrap().iter().filter(|x| x.abs() > 0.02).count();
        assert!(loud > 8000, "channel {channel}: {loud} loud samples");
    }
}
