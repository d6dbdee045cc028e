namespace UnityEngine
{
    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
            this.x = x;
            this.y = y;
            this.width = width;
            this.height = height;
        }

        public float x { get; set; }

        public float y { get; set; }

        public float width { get; set; }

        public float height { get; set; }

        public float xMin => x;

        public float yMin => y;

        public float xMax => x + width;

        public float yMax => y + height;

        public Vector2 min => new Vector2(x, y);

        public Vector2 max => new Vector2(xMax, yMax);

        public Vector2 size => new Vector2(width, height);

        public Vector2 center => new Vector2(x + (width / 2f), y + (height / 2f));

        public static Rect MinMaxRect(float xmin, float ymin, float xmax, float ymax) =>
            new Rect(xmin, ymin, xmax - xmin, ymax - ymin);
    }
}
