"""Draws letters.png, the letters of the sheets, with Pillow and DejaVu Sans; run it here to make it anew.

Cells of 16 x 18 pixels, 32 in a row, for the characters from U+0020 to U+045F: Latin, Greek and Cyrillic. The cell of
U+007F, which is no letter, holds a box that stands for all others.
"""

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
WIDTH, HEIGHT, PER_ROW = 16, 18, 32
FIRST, LAST, BOX = 0x20, 0x45F, 0x7F
BASELINE = 13

font = ImageFont.truetype(FONT, size=13)
rows = (LAST - FIRST) // PER_ROW + 1
sheet = Image.new("L", (WIDTH * PER_ROW, HEIGHT * rows))
for code in range(FIRST, LAST + 1):
    cell = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(cell)
    if code == BOX:
        draw.rectangle((1, 4, 7, BASELINE - 1), outline=255)
    elif chr(code).isprintable():
        draw.text((0, BASELINE), chr(code), font=font, fill=255, anchor="ls")
    place = code - FIRST
    sheet.paste(cell, (place % PER_ROW * WIDTH, place // PER_ROW * HEIGHT))
sheet.save("letters.png", optimize=True)
