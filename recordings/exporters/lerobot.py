"""Writes takes as a LeRobot v3.0 dataset: state = measured joints, action = what was applied, one MP4 per camera.

Needs neither lerobot nor torch. The dataset is built beside its place and appears there only when it is whole;
the same takes give the same bytes again.
"""

from collections.abc import Sequence
from pathlib import Path

from recordings.dataset import mp4
from recordings.dataset.beside import beside, check_free
from recordings.dataset.rows import EpisodeRows, build_rows, natural_fps
from recordings.dataset.streams import TakeStreams, read_streams
from recordings.exporters.base import EpisodeReport, ExportReport, Progress
from recordings.lerobot_v3 import features, files, statistics, tables
from recordings.lerobot_v3.provenance import provenance, report_of, sha256_of
from recordings.lerobot_v3.statistics import Statistics
from twin.errors import ExportError


def export(takes: Sequence[Path], out: Path, fps: int | None, progress: Progress) -> ExportReport:
    """See ``recordings.exporters.base.Exporter``."""
    if not takes:
        raise ExportError("name at least one take to export; `understudy takes list` shows them")
    if fps is not None and fps < 1:
        raise ExportError(f"{fps} rows per second make no dataset; choose --fps 1 or more")
    check_free(out)
    with beside(out) as unfinished:
        dataset = _Dataset(unfinished, takes, fps, progress)
        for number in range(len(takes)):
            dataset.add(number)
        report = dataset.finish(out)
        unfinished.rename(out)
        progress(1.0, "done")
    return report


class _Dataset:
    """The dataset while it is being built."""

    def __init__(self, root: Path, takes: Sequence[Path], fps: int | None, progress: Progress) -> None:
        self._root, self._takes, self._progress = root, takes, progress
        self._streams: TakeStreams | None = None
        self._fps = fps
        self._reports: list[EpisodeReport] = []
        self._frames = 0
        self._tasks: list[str] = []
        self._described: dict[str, object] = {}
        self._statistics: dict[str, Statistics] = {}
        self._first: TakeStreams | None = None
        self._provenance: list[dict[str, object]] = []
        self._with_success = True

    def add(self, number: int) -> None:
        """Write episode ``number`` from its take."""
        path = self._takes[number]
        self._tell(number, 0.0, f"reading {path.name}")
        streams = read_streams(path)
        first = self._first = self._first or streams
        self._fps = self._fps or natural_fps(streams)
        self._check_fits(streams, first)
        if number == 0:
            self._with_success = streams.task_succeeded is not None
        rows = build_rows(streams, self._fps)
        episode_statistics, copied = self._write_videos(number, streams, rows)
        self._write_rows(number, streams, rows, episode_statistics)
        self._statistics = statistics.merge_features(self._statistics, episode_statistics)
        self._frames += len(rows)
        self._reports.append(report_of(streams, rows, copied))
        self._provenance.append({"take": path.name, "sha256": sha256_of(path)})

    def _tell(self, number: int, share: float, what: str) -> None:
        self._progress((number + share) / len(self._takes), what)

    def _check_fits(self, streams: TakeStreams, first: TakeStreams) -> None:
        mine, theirs = streams.episode, first.episode
        where = f"{streams.path.name} and {first.path.name}"
        if mine.model_hash != theirs.model_hash or mine.joint_names != theirs.joint_names:
            raise ExportError(
                f"{where} were recorded with different robot models "
                f"({mine.robot} {mine.model_hash[:8]}, {theirs.robot} {theirs.model_hash[:8]}); "
                "export them into datasets of their own"
            )
        if set(streams.pictures) != set(first.pictures):
            raise ExportError(
                f"{where} do not show the same cameras ({', '.join(streams.pictures)}; "
                f"{', '.join(first.pictures)}); export them into datasets of their own"
            )
        if self._with_success and streams.task_succeeded is None and streams is not first:
            raise ExportError(
                f"{where}: only one says whether its task succeeded; export them into datasets of their own"
            )

    def _write_videos(
        self, number: int, streams: TakeStreams, rows: EpisodeRows
    ) -> tuple[dict[str, Statistics], tuple[str, ...]]:
        found: dict[str, Statistics] = {}
        copied: list[str] = []
        for done, (camera, stream) in enumerate(streams.pictures.items()):
            self._tell(number, (0.2 + 0.7 * done / len(streams.pictures)), f"pictures of {camera}")
            key = features.picture_key(camera)
            path = self._root / files.VIDEO_PATH.format(video_key=key, **files.place(number))
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(path.name + ".part")
            index = rows.pictures[camera]
            if rows.is_remuxable(camera, stream.keyframes):
                chosen = stream.access_units[int(index[0]) : int(index[-1]) + 1]
                mp4.copy_pictures(chosen, rows.fps, unfinished)
                copied.append(camera)
            else:
                mp4.encode_pictures(stream.access_units, index, rows.fps, unfinished)
            self._describe_video(key, mp4.check(unfinished, len(rows), rows.fps), streams, rows.fps)
            found[key] = statistics.of_pictures(mp4.sample(unfinished))
            files.publish(unfinished, path)
        return found, tuple(copied)

    def _describe_video(self, key: str, facts: mp4.VideoFacts, streams: TakeStreams, fps: int) -> None:
        entry = features.described_video(facts, fps)
        if self._described.setdefault(key, entry) != entry:
            raise ExportError(
                f"{streams.path.name}: {key} has another size than in the takes before "
                f"({facts.width}x{facts.height}); export it into a dataset of its own"
            )

    def _write_rows(
        self, number: int, streams: TakeStreams, rows: EpisodeRows, episode_statistics: dict[str, Statistics]
    ) -> None:
        self._tell(number, 0.9, "rows")
        if streams.task not in self._tasks:
            self._tasks.append(streams.task)
        columns = features.columns(streams, rows, self._with_success) | features.bookkeeping(
            len(rows), rows.fps, number, self._frames, self._tasks.index(streams.task)
        )
        self._described |= features.described(columns, streams.episode.joint_names)
        episode_statistics |= {name: statistics.of_columns(values) for name, values in columns.items()}
        place = files.place(number)
        files.write_table(self._root / files.DATA_PATH.format(**place), tables.data_table(columns))
        layout: dict[str, object] = {
            "episode_index": number,
            "tasks": [streams.task],
            "length": len(rows),
            "data/chunk_index": place["chunk_index"],
            "data/file_index": place["file_index"],
            "dataset_from_index": self._frames,
            "dataset_to_index": self._frames + len(rows),
        }
        for camera in streams.pictures:
            prefix = f"videos/{features.picture_key(camera)}"
            layout |= {
                f"{prefix}/chunk_index": place["chunk_index"],
                f"{prefix}/file_index": place["file_index"],
                f"{prefix}/from_timestamp": 0.0,
                f"{prefix}/to_timestamp": len(rows) / rows.fps,
            }
        layout |= {
            "meta/episodes/chunk_index": place["chunk_index"],
            "meta/episodes/file_index": place["file_index"],
        }
        table = tables.episode_table(
            layout, statistics.as_lists(episode_statistics), provenance(streams, rows)
        )
        files.write_table(self._root / files.EPISODES_PATH.format(**place), table)

    def finish(self, out: Path) -> ExportReport:
        """Write what is said of the dataset as a whole, ``info.json`` last."""
        assert self._first is not None
        assert self._fps is not None
        episode, cameras = self._first.episode, tuple(self._first.pictures)
        root = self._root
        files.write_table(root / files.TASKS_PATH, tables.tasks_table(self._tasks))
        files.write_json(root / files.STATS_PATH, statistics.as_lists(self._statistics))
        asked = self._statistics[features.BASE_KEY]
        with_base = bool(asked["min"].any() or asked["max"].any())
        files.write_json(root / files.MODALITY_PATH, features.modality(episode, cameras, with_base))
        files.write_json(
            root / files.PROVENANCE_PATH,
            {
                "takes": self._provenance,
                "versions": episode.versions,
                "synchronisation": [
                    {
                        "take": each.take,
                        "rows": each.frames,
                        "stale_rows": each.stale_rows,
                        "age_ms_p50": each.age_ms_p50,
                        "age_ms_p95": each.age_ms_p95,
                        "age_ms_max": each.age_ms_max,
                        "copied_cameras": each.copied_cameras,
                    }
                    for each in self._reports
                ],
            },
        )
        files.write_json(
            root / files.INFO_PATH,
            {
                "codebase_version": files.CODEBASE_VERSION,
                "robot_type": "_".join(filter(None, (episode.robot, episode.revision))),
                "total_episodes": len(self._takes),
                "total_frames": self._frames,
                "total_tasks": len(self._tasks),
                "chunks_size": files.FILES_PER_CHUNK,
                "data_files_size_in_mb": 100,
                "video_files_size_in_mb": 200,
                "fps": self._fps,
                "splits": {"train": f"0:{len(self._takes)}"},
                "data_path": files.DATA_PATH,
                "video_path": files.VIDEO_PATH,
                "features": self._described,
            },
        )
        return ExportReport(
            path=out,
            format="lerobot",
            episodes=len(self._takes),
            frames=self._frames,
            fps=self._fps,
            cameras=cameras,
            bytes=sum(path.stat().st_size for path in root.rglob("*") if path.is_file()),
            reports=tuple(self._reports),
        )
