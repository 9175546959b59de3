//! Worker threads and the lanes of work that they serve.
//!
//! A lane is the queue of one organ of one call: its jobs run one after
//! another in order, jobs of different lanes side by side. Lanes have a
//! priority, and one worker turn runs one job, so that hearing an interruption
//! never waits for more than the jobs already running, and no call can keep
//! the workers from its neighbours. A job that panics ends that job alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

type Job = Box<dyn FnOnce() + Send>;

/// How urgent a lane's work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    /// Voice activity and routing: well under a millisecond a job.
    Urgent = 0,
    /// The rest of a reply that has nearly been played: a gap would be heard.
    Dry = 1,
    /// Recognition, and the first sound of a reply: a caller waits for it.
    Soon = 2,
    /// The rest of a reply, which is heard later.
    Ahead = 3,
}

const PRIORITIES: usize = 4;

/// A lane refused a job because its queue was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full ({queued} jobs wait)")]
pub struct LaneFull {
    /// Jobs waiting in the lane.
    pub queued: usize,
}

/// The worker threads. Dropping the pool lets running jobs finish, drops the
/// waiting ones and joins the threads.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    ready: Mutex<Ready>,
    wake: Condvar,
}

#[derive(Default)]
struct Ready {
    lanes: [VecDeque<Arc<LaneState>>; PRIORITIES],
    stop: bool,
}

struct LaneState {
    jobs: Mutex<LaneJobs>,
    pending: Arc<Pending>,
}

struct LaneJobs {
    waiting: VecDeque<(Priority, Job)>,
    /// The lane is in a ready list or on a worker.
    scheduled: bool,
}

/// Counts the unfinished jobs of one call over all its lanes.
#[derive(Default)]
pub(crate) struct Pending {
    count: Mutex<usize>,
    idle: Condvar,
}

/// One ordered queue of jobs.
#[derive(Clone)]
pub(crate) struct Lane {
    shared: Arc<Shared>,
    state: Arc<LaneState>,
    jobs_max: usize,
}

impl Pool {
    /// Starts `workers` threads (at least one).
    pub(crate) fn start(workers: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let threads = (0..workers.max(1))
            .map(|index| {
                let shared = shared.clone();
                std::thread::Builder::new()
                    .name(format!("hearsay-engine-{index}"))
                    .spawn(move || hearsay_nn::on_worker(|| serve(&shared)))
            })
            .collect::<std::io::Result<_>>()?;
        Ok(Self { shared, threads })
    }

    /// A new lane holding at most `jobs_max` waiting jobs.
    pub(crate) fn lane(&self, jobs_max: usize, pending: Arc<Pending>) -> Lane {
        let jobs = LaneJobs { waiting: VecDeque::new(), scheduled: false };
        let state = Arc::new(LaneState { jobs: Mutex::new(jobs), pending });
        Lane { shared: self.shared.clone(), state, jobs_max }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        lock(&self.shared.ready).stop = true;
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            // A worker catches its jobs' panics, so it has nothing to report.
            let _ = thread.join();
        }
        // A job may hold its own lane: it would keep itself alive for ever.
        let lanes = std::mem::take(&mut lock(&self.shared.ready).lanes);
        for lane in lanes.into_iter().flatten() {
            let waiting = std::mem::take(&mut lock(&lane.jobs).waiting);
            drop(waiting);
        }
    }
}

impl Lane {
    /// Puts a job at the end of the lane.
    pub(crate) fn push(
        &self,
        priority: Priority,
        job: impl FnOnce() + Send + 'static,
    ) -> Result<(), LaneFull> {
        let mut jobs = lock(&self.state.jobs);
        if jobs.waiting.len() >= self.jobs_max {
            return Err(LaneFull { queued: jobs.waiting.len() });
        }
        self.state.pending.add();
        jobs.waiting.push_back((priority, Box::new(job)));
        if !jobs.scheduled {
            jobs.scheduled = true;
            let first = jobs.waiting.front().map_or(priority, |(first, _)| *first);
            // Announced before the lane is let go, so that it can be hastened.
            self.shared.announce(first, self.state.clone());
        }
        Ok(())
    }

    /// Makes the job at the front of the lane more urgent, if it still waits.
    pub(crate) fn hasten(&self, priority: Priority) {
        let mut jobs = lock(&self.state.jobs);
        let Some((before, _)) = jobs.waiting.front_mut().filter(|(p, _)| *p > priority) else {
            return;
        };
        let before = std::mem::replace(before, priority) as usize;
        let mut ready = lock(&self.shared.ready);
        let waits = |lane: &Arc<LaneState>| Arc::ptr_eq(lane, &self.state);
        // It is not in the list while a worker has the lane, which will announce the job as it is now.
        if let Some(at) = ready.lanes[before].iter().position(waits) {
            ready.lanes[before].remove(at);
            ready.lanes[priority as usize].push_back(self.state.clone());
        }
    }
}

impl Shared {
    fn announce(&self, priority: Priority, lane: Arc<LaneState>) {
        lock(&self.ready).lanes[priority as usize].push_back(lane);
        self.wake.notify_one();
    }

    fn next_lane(&self) -> Option<Arc<LaneState>> {
        let mut ready = lock(&self.ready);
        loop {
            if ready.stop {
                return None;
            }
            if let Some(lane) = ready.lanes.iter_mut().find_map(VecDeque::pop_front) {
                return Some(lane);
            }
            ready = self.wake.wait(ready).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn serve(shared: &Shared) {
    while let Some(lane) = shared.next_lane() {
        let job = lock(&lane.jobs).waiting.pop_front();
        if let Some((_, job)) = job {
            // The states that jobs touch are behind mutexes whose poisoning is
            // cleared by `lock`; the call concerned hears of it by its events.
            if catch_unwind(AssertUnwindSafe(job)).is_err() {
                eprintln!("hearsay: an engine job panicked; its call goes on without it");
            }
            lane.pending.done();
        }
        let mut jobs = lock(&lane.jobs);
        match jobs.waiting.front() {
            Some((priority, _)) => shared.announce(*priority, lane.clone()),
            None => jobs.scheduled = false,
        }
    }
}

impl Pending {
    fn add(&self) {
        *lock(&self.count) += 1;
    }

    fn done(&self) {
        let mut count = lock(&self.count);
        *count -= 1;
        if *count == 0 {
            self.idle.notify_all();
        }
    }

    /// Blocks until no job of the call is waiting or running.
    pub(crate) fn wait_idle(&self) {
        let mut count = lock(&self.count);
        while *count > 0 {
            count = self.idle.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Locks past a panic elsewhere: every job leaves its state usable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn jobs_of_a_lane_keep_their_order() {
        let pool = Pool::start(3).unwrap();
        let pending = Arc::new(Pending::default());
        let lane = pool.lane(1000, pending.clone());
        let (send, receive) = mpsc::channel();
        for n in 0..500 {
            let send = send.clone();
            lane.push(Priority::Soon, move || send.send(n).unwrap()).unwrap();
        }
        pending.wait_idle();
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn urgent_lanes_go_first() {
        let pool = Pool::start(1).unwrap();
        let pending = Arc::new(Pending::default());
        let (gate, opened) = mpsc::channel::<()>();
        let (send, receive) = mpsc::channel();
        let blocker = pool.lane(1, pending.clone());
        blocker.push(Priority::Urgent, move || opened.recv().unwrap()).unwrap();
        let lanes: Vec<Lane> = [
            ("ahead", Priority::Ahead),
            ("hastened", Priority::Ahead),
            ("soon", Priority::Soon),
            ("urgent", Priority::Urgent),
        ]
        .map(|(name, priority)| {
            let send = send.clone();
            let lane = pool.lane(1, pending.clone());
            lane.push(priority, move || send.send(name).unwrap()).unwrap();
            lane
        })
        .into();
        lanes[1].hasten(Priority::Dry);
        // What is as urgent already, and a lane without a job, stay as they are.
        lanes[3].hasten(Priority::Dry);
        pool.lane(1, pending.clone()).hasten(Priority::Dry);
        gate.send(()).unwrap();
        pending.wait_idle();
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), ["urgent", "hastened", "soon", "ahead"]);
    }

    #[test]
    fn a_full_lane_refuses_and_a_panic_harms_nobody() {
        let pool = Pool::start(1).unwrap();
        let pending = Arc::new(Pending::default());
        let (gate, opened) = mpsc::channel::<()>();
        let lane = pool.lane(1, pending.clone());
        let (started, running) = mpsc::channel();
        lane.push(Priority::Urgent, move || {
            started.send(()).unwrap();
            opened.recv().unwrap();
            panic!("this panic is the test");
        })
        .unwrap();
        running.recv().unwrap();
        lane.push(Priority::Urgent, || {}).unwrap();
        assert_eq!(lane.push(Priority::Urgent, || {}), Err(LaneFull { queued: 1 }));
        gate.send(()).unwrap();
        pending.wait_idle();
        let (send, receive) = mpsc::channel();
        lane.push(Priority::Urgent, move || send.send(()).unwrap()).unwrap();
        pending.wait_idle();
        assert!(receive.try_recv().is_ok());
    }
}
