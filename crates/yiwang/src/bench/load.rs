//! Closed-loop load: so many clients, each sending its next request when the last was answered.

use std::{
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::outcome::Failed;

/// What one measure gave.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figures {
    /// What was measured.
    pub(crate) name: String,
    /// Done a second.
    pub(crate) rate: f64,
    /// The median, in milliseconds.
    pub(crate) p50_ms: f64,
    /// The 99th percentile, in milliseconds.
    pub(crate) p99_ms: f64,
    /// Processor time of the measured process for each, in microseconds.
    pub(crate) cpu_us: f64,
    /// What failed.
    pub(crate) failed: u64,
}

impl Figures {
    /// Of the times that each took; in how many seconds, with how much processor time, and how many failed.
    pub(crate) fn of(name: &str, times: &mut [Duration], (seconds, cpu, failed): (f64, Duration, u64)) -> Self {
        times.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "counts of one measure are far below 2^52")]
        let count = times.len().max(1) as f64;
        let at = |share: usize| {
            times.get(times.len().saturating_sub(1) * share / 100).map_or(0.0, |it| it.as_secs_f64() * 1e3)
        };
        Self {
            name: name.to_owned(),
            rate: count / seconds,
            p50_ms: at(50),
            p99_ms: at(99),
            cpu_us: cpu.as_secs_f64() * 1e6 / count,
            failed,
        }
    }

    /// The head of the lines that [`std::fmt::Display`] gives.
    pub(crate) fn head() -> String {
        format!("{:>12} {:>10} {:>10} {:>12} {:>6}  项目", "每秒", "p50 ms", "p99 ms", "处理器 µs", "失败")
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, rate, p50_ms, p99_ms, cpu_us, failed } = self;
        write!(f, "{rate:>12.0} {p50_ms:>10.2} {p99_ms:>10.2} {cpu_us:>12.0} {failed:>6}  {name}")
    }
}

/// Runs `clients` loops of `step` for `length` after a short warm-up; `pid` is the process whose processor time is counted.
pub(crate) async fn drive<F, Fut>(
    name: &str,
    (clients, length, pid): (usize, Duration, u32),
    step: F,
) -> Result<Figures, Failed>
where
    F: Fn(u64) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failed>> + Send,
{
    let next = Arc::new(AtomicU64::new(0));
    run((clients, length / 5), step.clone(), &next).await?;
    let (cpu, start) = (processor_time(pid), Instant::now());
    let (mut times, failed) = run((clients, length), step, &next).await?;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), processor_time(pid).saturating_sub(cpu));
    Ok(Figures::of(name, &mut times, (seconds, cpu, failed)))
}

/// Runs `clients` loops that take one job after the other until none is left.
pub(crate) async fn drain<J, F, Fut>(
    name: &str,
    (clients, pid): (usize, u32),
    jobs: Vec<J>,
    step: F,
) -> Result<Figures, Failed>
where
    J: Send + 'static,
    F: Fn(J) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failed>> + Send,
{
    let jobs = Arc::new(Mutex::new(jobs));
    let (cpu, start) = (processor_time(pid), Instant::now());
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (step, jobs) = (step.clone(), Arc::clone(&jobs));
        running.spawn(async move {
            let (mut times, mut failed, mut last) = (Vec::new(), 0, None);
            loop {
                let next = jobs.lock().ok().and_then(|mut it| it.pop());
                let Some(job) = next else { return (times, failed, last) };
                let started = Instant::now();
                match step(job).await {
                    Ok(()) => times.push(started.elapsed()),
                    Err(error) => {
                        failed += 1;
                        last = Some(error);
                    }
                }
            }
        });
    }
    let (mut times, failed) = gathered(running).await?;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), processor_time(pid).saturating_sub(cpu));
    Ok(Figures::of(name, &mut times, (seconds, cpu, failed)))
}

async fn run<F, Fut>(
    (clients, length): (usize, Duration),
    step: F,
    next: &Arc<AtomicU64>,
) -> Result<(Vec<Duration>, u64), Failed>
where
    F: Fn(u64) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failed>> + Send,
{
    let until = Instant::now() + length;
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (step, next) = (step.clone(), Arc::clone(next));
        running.spawn(async move {
            let (mut times, mut failed, mut last) = (Vec::new(), 0, None);
            while Instant::now() < until {
                let started = Instant::now();
                match step(next.fetch_add(1, Ordering::Relaxed)).await {
                    Ok(()) => times.push(started.elapsed()),
                    Err(error) => {
                        failed += 1;
                        last = Some(error);
                    }
                }
            }
            (times, failed, last)
        });
    }
    gathered(running).await
}

/// What the loops have found: the times, and how many failed; the last failure, if a loop did nothing else.
async fn gathered(mut running: JoinSet<(Vec<Duration>, u64, Option<Failed>)>) -> Result<(Vec<Duration>, u64), Failed> {
    let (mut all, mut lost) = (Vec::new(), 0);
    while let Some(done) = running.join_next().await {
        let (times, failed, last) = done.map_err(|error| Failed::Platform(error.to_string()))?;
        all.extend(times);
        lost += failed;
        if let (true, Some(error)) = (all.is_empty() && failed > 0, last) {
            return Err(error);
        }
    }
    Ok((all, lost))
}

/// Processor time (user and system) of a process so far, from `/proc`; zero where there is none.
pub(crate) fn processor_time(pid: u32) -> Duration {
    // The kernel counts in ticks of 10 ms on every Linux of today (USER_HZ).
    const TICK: Duration = Duration::from_millis(10);
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |it| it.1);
    let fields: Vec<u32> = after_name.split_whitespace().map(|it| it.parse().unwrap_or(0)).collect();
    // Fields 14 and 15 of the line; the two before the name's bracket are cut off.
    let ticks = fields.get(11).unwrap_or(&0) + fields.get(12).unwrap_or(&0);
    TICK * ticks
}

/// Memory that a process holds for itself, in megabytes, from `/proc`; pages of files that it maps belong to the system, which takes them
/// back when it wants them.
pub(crate) fn resident_mb(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|it| it.strip_prefix("RssAnon:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
