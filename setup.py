"""Puts `prompts/` into the wheel, as `service/prompts`; all else about the package is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPrompts(build_py):
    """The package's files and the prompts; in a checkout the prompts are read from where they are."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for prompt in sorted(Path("prompts").glob("*.md")):
                self.copy_file(str(prompt), str(self._prompts() / prompt.name))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs: list[str] = super().get_outputs(include_bytecode)
        return outputs + [str(self._prompts() / prompt.name) for prompt in sorted(Path("prompts").glob("*.md"))]

    def _prompts(self) -> Path:
        folder = Path(self.build_lib, "service", "prompts")
        self.mkpath(str(folder))
        return folder


setup(cmdclass={"build_py": WithPrompts})
