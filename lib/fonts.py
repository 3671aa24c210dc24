"""Where the type lies that draws hanzi. Never served, only read: npm brings it, as it brings the styles."""

from __future__ import annotations

from pathlib import Path

FONT_DIR = Path(__file__).resolve().parents[1] / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
REGULAR_FONT = FONT_DIR / "400Regular" / "NotoSansSC_400Regular.ttf"
BOLD_FONT = FONT_DIR / "700Bold" / "NotoSansSC_700Bold.ttf"
